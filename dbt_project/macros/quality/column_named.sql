{% macro column_named(name, columns, relation) -%}
    case {{ name }}
    {%- for column in columns %}
        when '{{ column }}' then {{ relation }}.{{ column }}
    {%- endfor %}
    end
{%- endmacro %}
