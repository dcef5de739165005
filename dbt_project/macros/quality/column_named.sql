{% macro column_named(name, columns, relation) -%}
    {%- if columns is string or not columns -%}
        {{ exceptions.raise_compiler_error("column_named needs a list of columns to choose from.") }}
    {%- endif -%}
    case {{ name }}
    {%- for column in columns %}
        when '{{ column }}' then {{ relation }}.{{ column }}
    {%- endfor %}
    end
{%- endmacro %}
