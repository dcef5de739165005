-- Grain: one row per ground on which linked-up records are grouped anew.
-- What links alone would have made one customer, and how many came of it.
{% set grounds = {
    'contradiction': 'is_contradictory',
    'birth dates': 'has_conflicting_birth_dates',
    'too many records': 'is_too_large',
} %}

with contested as (
    select * from {{ ref('identity_contested_components') }}
),

components as (
    select * from {{ ref('identity_components') }}
),

clusters as (
    select * from {{ ref('identity_clusters') }}
),

counted as (
    select
        components.component_key,
        count(*) as records,
        count(distinct clusters.cluster_key) as customers
    from components
    inner join contested
        on components.component_key = contested.component_key
    inner join clusters
        on components.source_customer_key = clusters.source_customer_key
    group by components.component_key
),

final as (
    {% for ground, column in grounds.items() %}
        select
            'guard' as topic,
            '{{ ground }}' as subject,
            {{ loop.index }} as sort_order,
            count(contested.component_key) as components,
            cast(coalesce(sum(counted.records), 0) as bigint) as records,
            cast(coalesce(sum(counted.customers), 0) as bigint) as customers
        from contested
        inner join counted
            on contested.component_key = counted.component_key
        where contested.{{ column }}
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from final
