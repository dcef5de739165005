{% macro row_key(columns) -%}
    concat_ws(' | ' {%- for column in columns %}, cast({{ column }} as {{ type_string() }}) {%- endfor %})
{%- endmacro %}
