{% macro graph_contracted_sql(edges, representatives) -%}
    select distinct
        least(left_nodes.representative, right_nodes.representative) as left_node,
        greatest(left_nodes.representative, right_nodes.representative) as right_node
    from {{ edges }} as edges
    inner join {{ representatives }} as left_nodes
        on edges.left_node = left_nodes.node
    inner join {{ representatives }} as right_nodes
        on edges.right_node = right_nodes.node
    where left_nodes.representative <> right_nodes.representative
{%- endmacro %}
