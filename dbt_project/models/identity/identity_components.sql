-- Grain: one row per customer record; the materialization turns the links into components.
-- Every record is paired with itself, so that one without links is a component of its own.
{{ config(
    materialized='connected_components',
    node_column='source_customer_key',
    component_column='component_key'
) }}

with links as (
    select
        left_key,
        right_key
    from {{ ref('identity_links') }}
),

records as (
    select
        source_customer_key as left_key,
        source_customer_key as right_key
    from {{ ref('identity_records') }}
),

pairs as (
    select * from links
    union all
    select * from records
)

select * from pairs
