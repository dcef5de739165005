-- Grain: one row per record of a group that holds records which must not come together.
-- The materialization takes the links strongest first and leaves out each that would bring such a
-- pair together: every record goes where its strongest chain of links leads.
{{ config(
    materialized='constrained_components',
    node_column='source_customer_key',
    component_column='part_key'
) }}

with pairs as (
    select
        left_key,
        right_key,
        link_rank
    from {{ ref('identity_links_contested') }}
)

select * from pairs
