-- Grain: one row per feed with business dates, load batch and format that is none of ISO 8601.
{% set issues = ['date_day_first', 'date_month_first', 'date_with_slashes'] %}

with feed_dates as (
    select * from {{ ref('int_feed_dates_unioned') }}
),

final as (
    select
        feed_dates.feed,
        feed_dates.batch_id,
        issue_names.issue,
        cast(sum(feed_dates.delivered_rows) as bigint) as examined_rows,
        cast(
            sum(
                case
                    when feed_dates.date_format = issue_names.issue
                        then feed_dates.delivered_rows
                    else 0
                end
            ) as bigint
        ) as defect_rows
    from feed_dates
    cross join {{ text_rows('issue', issues) }} as issue_names
    group by feed_dates.feed, feed_dates.batch_id, issue_names.issue
)

select * from final
