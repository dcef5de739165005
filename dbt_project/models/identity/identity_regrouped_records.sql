-- Grain: one row per record of a contested component, with the group that evidence leaves it in.
-- Groups are joined strongest first, as long as the evidence between all of their records, taken
-- together, speaks for it; a weak link between two people is thereby cut.
{{ config(materialized='agglomerated_groups') }}

with pairs as (
    select
        left_number,
        right_number,
        match_weight
    from {{ ref('identity_component_pairs') }}
)

select * from pairs
