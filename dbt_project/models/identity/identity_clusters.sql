-- Grain: one row per customer record; the materialization turns these pairs into components.
-- The links of a component without contradiction, and the groups of a contested one.
{{ config(
    materialized='connected_components',
    node_column='source_customer_key',
    component_column='cluster_key'
) }}

with records as (
    select * from {{ ref('identity_comparable_records') }}
),

regrouped as (
    select
        records.source_customer_key,
        group_records.source_customer_key as group_key
    from {{ ref('identity_regrouped_records') }} as regrouped_records
    inner join records
        on regrouped_records.record_number = records.record_number
    inner join records as group_records
        on regrouped_records.group_number = group_records.record_number
),

links as (
    select
        links.left_key,
        links.right_key
    from {{ ref('identity_links') }} as links
    left join regrouped
        on links.left_key = regrouped.source_customer_key
    where regrouped.source_customer_key is null
),

pairs as (
    select
        left_key,
        right_key
    from links
    union all
    select
        source_customer_key as left_key,
        group_key as right_key
    from regrouped
    union all
    select
        source_customer_key as left_key,
        source_customer_key as right_key
    from records
)

select * from pairs
