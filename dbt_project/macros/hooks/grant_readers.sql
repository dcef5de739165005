{% macro grant_readers(relation) -%}
    {%- set readers = model.config.meta.get('readers', []) -%}
    {%- set personal = [] -%}
    {%- for column in model.columns.values() if column.config.meta.get('pii', false) -%}
        {%- do personal.append(column.name) -%}
    {%- endfor -%}
    {%- if personal and readers != ['c360_pii'] -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ " holds personal data (" ~ personal | join(', ') ~ ") where " ~ readers | join(', ')
            ~ " may read: move these columns to a mart in models/marts/personal."
        ) }}
    {%- endif -%}
    {%- if readers -%} grant select on {{ relation }} to {{ readers | join(', ') }} {%- endif -%}
{%- endmacro %}
