{#- Materialises the components of a graph of ranked links in which some pairs must not come together.

The model selects (left_key, right_key, link_rank); a pair without a rank must end in different components. The links are
taken by rank, 1 first, and one that would bring such a pair together is left out (Kruskal's algorithm under constraints):
the table has one row per key, `node_column` and `component_column`, the smallest key of its component.

In rounds instead of link by link: a link that is the first permitted one of the components at both its ends is taken at
once, as no link before it can touch either; what is forbidden between two components stays so as they grow. -#}
{% materialization constrained_components, default -%}
    {%- set swap = begin_table_swap() -%}

    {%- set pairs = graph_table('pairs') -%}
    {%- do create_graph_table(pairs, sql) -%}
    {%- do create_graph_table(graph_table('parts', 0), graph_keys_sql(pairs)) -%}
    {%- set rounds = merge_permitted_parts(pairs) -%}
    {%- set parts = graph_table('parts', rounds) -%}
    {% call statement('main') -%}
        {{ create_table_as(False, swap.intermediate,
            'select node_key as ' ~ config.require('node_column')
            ~ ', part as ' ~ config.require('component_column') ~ ' from ' ~ parts) }}
    {%- endcall %}
    {%- do run_query('drop table ' ~ pairs) -%}
    {%- do run_query('drop table ' ~ parts) -%}

    {{ return({'relations': finish_table_swap(swap)}) }}
{%- endmaterialization %}
