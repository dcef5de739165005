{% macro parse_boolean(value) -%}
    case
        when lower({{ clean_text(value) }}) in ('true', 't', 'yes', 'y', '1') then true
        when lower({{ clean_text(value) }}) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}
