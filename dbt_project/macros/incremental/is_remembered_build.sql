{% macro is_remembered_build() -%}
    {{ return('true' if var('as_of_date') is none else 'false') }}
{%- endmacro %}
