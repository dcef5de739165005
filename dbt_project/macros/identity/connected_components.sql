{#- Materialises the connected components of a graph.

The model selects the graph's edges as (left_key, right_key); an edge from a key to itself declares a key without
neighbours. The table has one row per key: `node_column` and `component_column`, the smallest key of its component.

Randomised contraction (Bögeholz, Brand, Todor: In-database connected component analysis, ICDE 2020): in each round
every node takes the neighbour, or itself, with the smallest pseudo-random rank as its representative, and the graph
shrinks to the representatives. The expected number of rounds is logarithmic in the number of nodes, on chains too.
Plain tables, each analysed: without statistics Postgres joins them by nested loops. -#}
{% materialization connected_components, default -%}
    {%- set node_column = config.require('node_column') -%}
    {%- set component_column = config.require('component_column') -%}
    {%- set swap = begin_table_swap() -%}

    {%- set nodes = graph_table('nodes') -%}
    {%- set edges = graph_table('edges', 1) -%}
    {%- do create_graph_table(nodes, graph_nodes_sql(sql)) -%}
    {%- do create_graph_table(edges, graph_edges_sql(sql, nodes)) -%}
    {%- set rounds = contract_graph() -%}
    {%- do compose_representatives(rounds) -%}

    {% call statement('main') -%}
        {{ create_table_as(False, swap.intermediate, graph_components_sql(
            nodes, graph_table('labels', 1) if rounds else none, node_column, component_column
        )) }}
    {%- endcall %}
    {%- do drop_graph_tables(rounds) -%}

    {{ return({'relations': finish_table_swap(swap)}) }}
{%- endmaterialization %}
