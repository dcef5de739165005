{% macro group_members_sql(pairs) -%}
    with numbers as (
        select left_group as record_number from {{ pairs }}
        union
        select right_group as record_number from {{ pairs }}
    )

    select
        record_number,
        record_number as group_number
    from numbers
{%- endmacro %}
