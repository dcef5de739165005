{% macro is_future_date(instant, loaded_at) -%}
    coalesce({{ utc_date(instant) }} > {{ utc_date(loaded_at) }}, false)
{%- endmacro %}
