{% macro parse_integer(value) -%}
    case
        when {{ regex_matches('trim(' ~ value ~ ')', '^[+-]?[0-9]{1,9}$') }}
            then cast(trim({{ value }}) as integer)
    end
{%- endmacro %}
