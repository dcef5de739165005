{% macro graph_components_sql(nodes, labels, node_column, component_column) -%}
    {%- set component = 'nodes.node' if labels is none else 'coalesce(labels.representative, nodes.node)' -%}
    select
        nodes.node_key as {{ node_column }},
        min(nodes.node_key) over (partition by {{ component }}) as {{ component_column }}
    from {{ nodes }} as nodes
    {%- if labels is not none %}
    left join {{ labels }} as labels
        on nodes.node = labels.node
    {%- endif %}
{%- endmacro %}
