{% macro group_members_sql(evidence) -%}
    with members as (
        select component_key, left_number as record_number, left_birth_day as birth_day from {{ evidence }}
        union
        select component_key, right_number as record_number, right_birth_day as birth_day from {{ evidence }}
    )

    select
        component_key,
        record_number,
        record_number as group_number,
        birth_day
    from members
{%- endmacro %}
