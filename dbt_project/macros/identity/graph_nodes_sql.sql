{% macro graph_nodes_sql(edges_sql) -%}
    with edges as (
        {{ edges_sql }}
    ),

    keys as (
        select left_key as node_key from edges
        union
        select right_key as node_key from edges
    )

    select
        node_key,
        row_number() over (order by node_key asc) as node
    from keys
{%- endmacro %}
