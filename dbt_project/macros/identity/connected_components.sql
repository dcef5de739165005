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
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(target_relation, (existing_relation or target_relation).type) -%}
    {%- set grant_config = config.get('grants') -%}
    {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
    {%- do drop_relation_if_exists(load_cached_relation(backup_relation)) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set nodes = graph_table('nodes') -%}
    {%- set edges = graph_table('edges', 1) -%}
    {%- do create_graph_table(nodes, graph_nodes_sql(sql)) -%}
    {%- do create_graph_table(edges, graph_edges_sql(sql, nodes)) -%}
    {%- set rounds = contract_graph() -%}
    {%- do compose_representatives(rounds) -%}

    {% call statement('main') -%}
        {{ create_table_as(False, intermediate_relation, graph_components_sql(
            nodes, graph_table('labels', 1) if rounds else none, node_column, component_column
        )) }}
    {%- endcall %}
    {%- do drop_graph_tables(rounds) -%}

    {%- if existing_relation is not none -%}
        {{ adapter.rename_relation(existing_relation, backup_relation) }}
    {%- endif -%}
    {{ adapter.rename_relation(intermediate_relation, target_relation) }}
    {%- do create_indexes(target_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing_relation, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ adapter.commit() }}
    {%- do drop_relation_if_exists(backup_relation) -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}
