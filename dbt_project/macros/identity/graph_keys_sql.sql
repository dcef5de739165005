{% macro graph_keys_sql(pairs) -%}
    {#- Each key is a part of its own before the first link is taken. -#}
    select left_key as node_key, left_key as part from {{ pairs }}
    union
    select right_key as node_key, right_key as part from {{ pairs }}
{%- endmacro %}
