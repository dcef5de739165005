{% macro contract_graph() -%}
    {%- set most_rounds = 100 -%}
    {%- set state = namespace(rounds=0, is_contracted=false) -%}
    {%- for round in range(1, most_rounds + 1) if not state.is_contracted -%}
        {%- set edges = graph_table('edges', round) -%}
        {%- if run_query('select count(*) from ' ~ edges).columns[0].values()[0] == 0 -%}
            {%- do run_query('drop table ' ~ edges) -%}
            {%- set state.is_contracted = true -%}
        {%- else -%}
            {%- set representatives = graph_table('representatives', round) -%}
            {%- do create_graph_table(representatives, graph_representatives_sql(edges, round)) -%}
            {%- do create_graph_table(graph_table('edges', round + 1), graph_contracted_sql(edges, representatives)) -%}
            {%- do run_query('drop table ' ~ edges) -%}
            {%- set state.rounds = round -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not state.is_contracted -%}
        {{ exceptions.raise_compiler_error(
            this ~ ": the graph was not contracted after " ~ most_rounds ~ " rounds, where a few dozen are enough for any "
            ~ "graph: look at " ~ graph_table('edges', most_rounds + 1) ~ "."
        ) }}
    {%- endif -%}
    {{ return(state.rounds) }}
{%- endmacro %}
