{% macro row_fingerprint(columns) -%}
    {%- if columns is string or not columns -%}
        {{ exceptions.raise_compiler_error("row_fingerprint needs a list with at least one column.") }}
    {%- endif -%}
    {#- The length before each text keeps ('a', 'bc') and ('ab', 'c') apart, the dash null and ''. -#}
    md5(
    {%- for column in columns -%}
        {%- set text = 'cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')' %}
        coalesce(cast(length({{ text }}) as {{ dbt.type_string() }}) || ':' || {{ text }}, '-')
        {{- ' ||' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}
