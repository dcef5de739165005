{% macro parse_money(value) -%}
    {#- At most two decimals: 1.234 may be a thousand or a fraction, and is not guessed. -#}
    case
        when {{ regex_matches('trim(' ~ value ~ ')', '^[+-]?[0-9]{1,12}([.][0-9]{1,2})?$') }}
            then cast(trim({{ value }}) as numeric(14, 2))
    end
{%- endmacro %}
