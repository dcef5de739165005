{% macro compose_representatives(rounds) -%}
    {#- From the last round, which has the fewest nodes, to the first: each node's label is its last representative. -#}
    {%- for round in range(rounds, 0, -1) -%}
        {%- set representatives = graph_table('representatives', round) -%}
        {%- if loop.first -%}
            {%- do create_graph_table(graph_table('labels', round), 'select * from ' ~ representatives) -%}
        {%- else -%}
            {%- set later_labels = graph_table('labels', round + 1) -%}
            {%- do create_graph_table(graph_table('labels', round), graph_composed_sql(representatives, later_labels)) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
