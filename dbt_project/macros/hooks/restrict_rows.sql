{% macro restrict_rows(relation) -%}
    {#- Sub-selects are worked out once for a statement, and that of the customers only where it is needed. -#}
    {%- set by_country -%}
        {%- if 'country_code' in model.columns -%}
            country_code = any ((select ops.readable_countries())::text [])
        {%- elif 'customer_id' in model.columns -%}
            customer_id in (select ops.readable_customers())
        {%- endif -%}
    {%- endset -%}
    {%- set is_personal = model.config.meta.get('readers', []) == ['c360_pii'] -%}
    {%- if by_country or is_personal -%}
    alter table {{ relation }} enable row level security;
    create policy erasure on {{ relation }} for all to c360_privacy using (true);
    create policy rows_of_own_countries on {{ relation }} for select to c360_bi, c360_pii
    using ((select ops.reads_every_country()) {%- if by_country %} or {{ by_country }} {%- endif %});
    {%- endif -%}
    {%- if is_personal %}
    create policy reads_are_logged on {{ relation }} as restrictive for select to c360_pii
    using ((select ops.note_personal_read('{{ relation.identifier }}')));
    {%- endif -%}
{%- endmacro %}
