{% macro parse_vin(value) -%}
    {#- ISO 3779: 17 signs, letters without I, O and Q. Spaces and hyphens are only for the eye. -#}
    {%- set vin = "upper(translate(" ~ clean_text(value) ~ ", ' -', ''))" -%}
    case
        when {{ regex_matches(vin, '^[A-HJ-NPR-Z0-9]{17}$') }}
            then {{ vin }}
    end
{%- endmacro %}
