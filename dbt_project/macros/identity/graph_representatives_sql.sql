{% macro graph_representatives_sql(edges, round) -%}
    {#- The rank a·node + b modulo a prime is a permutation, new in each round. Rank and node share one bigint, so that
        the smallest rank brings its node along: both stay below 2^31. -#}
    {%- set prime, shift = 2147483647, 2147483648 -%}
    {%- set a = 1 + local_md5('a' ~ round)[:12] | int(base=16) % (prime - 1) -%}
    {%- set b = local_md5('b' ~ round)[:12] | int(base=16) % prime -%}
    with neighbours as (
        select left_node as node, right_node as neighbour from {{ edges }}
        union all
        select right_node as node, left_node as neighbour from {{ edges }}
        union all
        select left_node as node, left_node as neighbour from {{ edges }}
        union all
        select right_node as node, right_node as neighbour from {{ edges }}
    )

    select
        node,
        min((neighbour * {{ a }} + {{ b }}) % {{ prime }} * {{ shift }} + neighbour) % {{ shift }} as representative
    from neighbours
    group by node
{%- endmacro %}
