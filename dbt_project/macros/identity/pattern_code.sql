{% macro pattern_code() -%}
    {#- Each level has its own digits, so that one whole number stands for all six. -#}
    (
        cast(first_name_level as integer) + 10 * last_name_level + 100 * birth_date_level
        + 1000 * email_level + 10000 * phone_level + 100000 * address_level
    )
{%- endmacro %}
