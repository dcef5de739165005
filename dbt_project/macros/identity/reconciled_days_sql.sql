{% macro reconciled_days_sql(evidence) -%}
    select distinct
        component_key,
        least(left_birth_day, right_birth_day) as earlier_day,
        greatest(left_birth_day, right_birth_day) as later_day
    from {{ evidence }}
    where is_linked and left_birth_day <> right_birth_day
{%- endmacro %}
