{% macro merge_permitted_parts(pairs) -%}
    {#- Every round takes at least one link and a tree has one link less than keys, so this ends. -#}
    {%- set most_rounds = run_query('select count(*) from ' ~ graph_table('parts', 0)).columns[0].values()[0] | int -%}
    {%- set state = namespace(rounds=0, is_merged=false) -%}
    {%- for round in range(1, most_rounds + 1) if not state.is_merged -%}
        {%- set merges = graph_table('merges') -%}
        {%- set parts = graph_table('parts', round - 1) -%}
        {%- do create_graph_table(merges, graph_merges_sql(pairs, parts)) -%}
        {%- if run_query('select count(*) from ' ~ merges).columns[0].values()[0] == 0 -%}
            {%- set state.is_merged = true -%}
        {%- else -%}
            {%- do create_graph_table(graph_table('parts', round), graph_merged_sql(parts, merges)) -%}
            {%- do run_query('drop table ' ~ parts) -%}
            {%- set state.rounds = round -%}
        {%- endif -%}
        {%- do run_query('drop table ' ~ merges) -%}
    {%- endfor -%}
    {{ return(state.rounds) }}
{%- endmacro %}
