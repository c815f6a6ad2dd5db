import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
// Written by generate.mjs: change the operations and run `npm run generate`.
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A calendar day in ISO 8601: 2020-02-18. */
  Date: { input: string; output: string; }
  /** An instant in RFC 3339: 2020-03-02T11:09:00Z. */
  DateTime: { input: string; output: string; }
  /**
   * A span of days in ISO 8601 / SDMX notation: a year `2020`, a quarter `2020-Q1`, a month `2020-02`, an ISO week
   * `2020-W08`, a day `2020-02-18`, or any span with both ends included `2020-01-25/2020-03-02`.
   */
  Period: { input: string; output: string; }
  /** A length of time in ISO 8601: P30D, P2W, P1M, P1Y. A month counts 30 days and a year 365. */
  Duration: { input: string; output: string; }
};

/** Asks for figures rolled up by each indicator's own contract. */
export type AggregateInput = {
  /** Codes of the indicators. */
  indicators: Array<Scalars['String']['input']>;
  /** The regions to roll up; null: every county in force. A region and one inside it cannot both be rolled up. */
  regions?: InputMaybe<RegionSelector>;
  /** Which periods; null: each region's newest or, grouped by period, every period. */
  when?: InputMaybe<When>;
  /** The slice; null or empty: the total. Parts are never added to totals. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Measured, expected or aimed at. */
  status?: InputMaybe<ObservationStatus>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** What makes a group; null or empty: one group per indicator. */
  groupBy?: InputMaybe<Array<GroupBy>>;
  /** Divides each region's value by another indicator's; both must add up over regions. */
  per?: InputMaybe<Per>;
  /** Groups whose `value` covers a smaller share of their regions answer null with the reason BELOW_COVERAGE. */
  minCoverage?: InputMaybe<Scalars['Float']['input']>;
  /** Only groups that meet all these conditions; null measures meet none. */
  having?: InputMaybe<Array<MeasureCondition>>;
  /** Sorts the groups; always completed to a total order by indicator and group key. Null measures come last. */
  orderBy?: InputMaybe<Array<AggregateOrder>>;
  /** Page size, at most 10000. */
  first?: InputMaybe<Scalars['Int']['input']>;
  /** Continue behind this cursor. */
  after?: InputMaybe<Scalars['String']['input']>;
  /** Only estimate the cost. */
  dryRun?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Normalises by another indicator: per 10,000 residents is {indicator: "resident_population", scale: 10000}. */
export type Per = {
  /** Code of the indicator to divide by. */
  indicator: Scalars['String']['input'];
  /** Factor of the quotient. */
  scale?: InputMaybe<Scalars['Float']['input']>;
};

/** One key of a group. */
export type GroupBy =
  /** By the enclosing region of this level. */
  { region: RegionLevel; period?: never; dimension?: never; source?: never; }
  |  /** By the calendar period of this length that contains the figure's; figures of longer periods are left out, with a warning. */
  { region?: never; period: Grain; dimension?: never; source?: never; }
  |  /** By the values of this dimension. */
  { region?: never; period?: never; dimension: Scalars['String']['input']; source?: never; }
  |  /** By source. */
  { region?: never; period?: never; dimension?: never; source: Scalars['Boolean']['input']; };

/** A number of a group that can be compared and sorted by. */
export type Measure =
  /** `value` */
  | 'VALUE'
  /** `sum` */
  | 'SUM'
  /** `mean` */
  | 'MEAN'
  /** `median` */
  | 'MEDIAN'
  /** `min` */
  | 'MIN'
  /** `max` */
  | 'MAX'
  /** `stddev` */
  | 'STDDEV'
  /** `count` */
  | 'COUNT'
  /** `coverage.used` */
  | 'REGION_COUNT';

/** A condition on one measure; its bounds are combined with AND. */
export type MeasureCondition = {
  /** The measure. */
  measure: Measure;
  /** Greater than. */
  gt?: InputMaybe<Scalars['Float']['input']>;
  /** Greater than or equal. */
  gte?: InputMaybe<Scalars['Float']['input']>;
  /** Less than. */
  lt?: InputMaybe<Scalars['Float']['input']>;
  /** Less than or equal. */
  lte?: InputMaybe<Scalars['Float']['input']>;
};

/** What groups are sorted by. */
export type AggregateOrder = {
  /** The group's key or a measure. */
  by: AggregateOrderKey;
  /** The direction. */
  direction?: InputMaybe<Direction>;
};

/** Sort keys of groups. */
export type AggregateOrderKey =
  /** Indicator, then the group's keys in the order of `groupBy`: regions in tree order, periods by time, dimension values and sources in catalogue order. */
  | 'KEY'
  /** `value` */
  | 'VALUE'
  /** `sum` */
  | 'SUM'
  /** `mean` */
  | 'MEAN'
  /** `median` */
  | 'MEDIAN'
  /** `min` */
  | 'MIN'
  /** `max` */
  | 'MAX'
  /** `stddev` */
  | 'STDDEV'
  /** `count` */
  | 'COUNT'
  /** `coverage.used` */
  | 'REGION_COUNT';

/** Sort direction. */
export type Direction =
  /** Smallest, earliest or first in code order first. */
  | 'ASC'
  /** Largest, latest or last in code order first. */
  | 'DESC';

/** A language that names are available in. */
export type Language =
  /** Chinese. */
  | 'ZH'
  /** English; where a name has no English form, the Chinese one is given. */
  | 'EN';

/** Administrative level of a region, from the whole to the smallest part. */
export type RegionLevel =
  /** A whole country. */
  | 'COUNTRY'
  /** A province, an autonomous region or a municipality under the central government. */
  | 'PROVINCE'
  /** A prefecture-level city, a prefecture or a league. */
  | 'PREFECTURE'
  /** A county, a district, a county-level city, a banner or an autonomous county. */
  | 'COUNTY'
  /** A township, a town or a street office. */
  | 'TOWNSHIP'
  /** A community or a village. */
  | 'COMMUNITY';

/** What sort of quantity an indicator is. */
export type IndicatorKind =
  /** Things counted. */
  | 'COUNT'
  /** Money, mass, area and other measures that add up. */
  | 'AMOUNT'
  /** A numerator over a denominator, such as a rate in percent. */
  | 'RATIO'
  /** A change relative to an earlier period. */
  | 'GROWTH'
  /** Relative to a base. */
  | 'INDEX'
  /** A length of time. */
  | 'DURATION'
  /** An intensive measure such as a price. */
  | 'LEVEL';

/** Which direction of an indicator is the better one; it decides what rank 1 and `standing` mean. */
export type Polarity =
  /** Neither direction is better; rank 1 is the largest value. */
  | 'NEUTRAL'
  /** More is better; rank 1 is the largest value. */
  | 'HIGHER_IS_BETTER'
  /** Less is better; rank 1 is the smallest value. */
  | 'LOWER_IS_BETTER';

/** How values of an indicator combine along one axis. What has no rule is refused, never guessed. */
export type RollupRule =
  /** Values do not combine along this axis. */
  | 'NONE'
  /** Values add up. */
  | 'SUM'
  /** Sum of the numerators over sum of the denominators. */
  | 'RATIO'
  /** Mean weighted by the indicator's weight indicator: its newest values in force on the last day asked about. Where figures of many periods are asked for (`within`, or grouped by period), each region's are weighed by the newest weight that ends on or before their last day; one without any has the nearest later one, with a MIXED_PERIODS warning. */
  | 'WEIGHTED_MEAN'
  /** Arithmetic mean. */
  | 'MEAN'
  /** The smallest value. */
  | 'MIN'
  /** The largest value. */
  | 'MAX'
  /** The newest value: stocks over time. */
  | 'LAST';

/** Narrows a list of regions; conditions are combined with AND. */
export type RegionWhere = {
  /** Only these levels. */
  levels?: InputMaybe<Array<RegionLevel>>;
  /** Only codes of this scheme. */
  scheme?: InputMaybe<Scalars['String']['input']>;
  /** Only regions whose native name, English name or an alias contains this text, in any letter case. */
  nameContains?: InputMaybe<Scalars['String']['input']>;
  /** true: only codes in force; false: only retired ones; null: both. */
  inForce?: InputMaybe<Scalars['Boolean']['input']>;
};

/** What regions are sorted by; ties are in code order. */
export type RegionOrder = {
  /** The key. */
  by: RegionOrderKey;
  /** The direction. */
  direction?: InputMaybe<Direction>;
};

/** Sort keys of regions. */
export type RegionOrderKey =
  /** By code. */
  | 'CODE'
  /** By native name, in Unicode order. */
  | 'NAME'
  /** By level, highest first when ascending. */
  | 'LEVEL';

/** Narrows a list of indicators; conditions are combined with AND. */
export type IndicatorWhere = {
  /** Only these topics. */
  topics?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only these kinds. */
  kinds?: InputMaybe<Array<IndicatorKind>>;
  /** Only indicators that may be broken down by this dimension. */
  dimension?: InputMaybe<Scalars['String']['input']>;
  /** true: only derived indicators; false: only those with figures of their own. */
  derived?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only indicators whose code, name or an alias contains this text, in any letter case. */
  nameContains?: InputMaybe<Scalars['String']['input']>;
};

/** What a report does to what was known of its figure. */
export type ChangeKind =
  /** The first report of a figure. */
  | 'ADDED'
  /** A further report of a figure already known: newer or, with history filled in, older. */
  | 'REVISED'
  /** The figure is taken back: by a report that says why there is no value, or by a load that replaced what had it. */
  | 'WITHDRAWN';

/** Asks how regions stand against each other. */
export type CompareInput = {
  /** Codes of the indicators. */
  indicators: Array<Scalars['String']['input']>;
  /** The regions to show. */
  display: RegionSelector;
  /** The group in which ranks, percentiles, z-scores and statistics are taken; null: the regions shown. A shown region outside the group is placed as if it joined it. */
  against?: InputMaybe<RegionSelector>;
  /** Which periods; null: each region's newest. */
  when?: InputMaybe<When>;
  /** The slice; null or empty: the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Measured, expected or aimed at. */
  status?: InputMaybe<ObservationStatus>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** Divides each region's value by another indicator's; both must add up over regions. */
  per?: InputMaybe<Per>;
  /** What differences, ratios and standings are taken against; null: what one region can be compared with. That is the group's value by the indicator's own contract for rates and weighted means, the mean for what adds up, and the median for the rest. */
  baseline?: InputMaybe<Baseline>;
  /** Sorts the entries; always completed by region in tree order. Null: by rank. */
  orderBy?: InputMaybe<Array<CompareOrder>>;
  /** Page size per indicator, at most 10000. */
  first?: InputMaybe<Scalars['Int']['input']>;
  /** Continue behind this cursor. */
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What regions are compared with. */
export type Baseline =
  /** The value of this region, by code. */
  { region: Scalars['String']['input']; statistic?: never; value?: never; }
  |  /** A statistic of the group. */
  { region?: never; statistic: BaselineStatistic; value?: never; }
  |  /** A fixed number, in the unit of the values. */
  { region?: never; statistic?: never; value: Scalars['Float']['input']; };

/** Statistics that can serve as a baseline. */
export type BaselineStatistic =
  /** The group's value by the indicator's own contract; NOT_AGGREGATABLE where it has none. */
  | 'GROUP_VALUE'
  /** The unweighted mean of the group. */
  | 'MEAN'
  /** The median of the group. */
  | 'MEDIAN'
  /** The best value of the group by the indicator's polarity. */
  | 'BEST';

/** What entries are sorted by. */
export type CompareOrder = {
  /** The key. */
  by: CompareOrderKey;
  /** The direction. */
  direction?: InputMaybe<Direction>;
};

/** Sort keys of entries. */
export type CompareOrderKey =
  /** By region, in tree order. */
  | 'REGION'
  /** By rank, best first when ascending. */
  | 'RANK'
  /** By value. */
  | 'VALUE'
  /** By difference from the baseline. */
  | 'DIFFERENCE';

/** How a value stands against the baseline. */
export type Standing =
  /** Better, by polarity. */
  | 'BETTER'
  /** Equal, or the bounds of imprecise values leave it open. */
  | 'SIMILAR'
  /** Worse, by polarity. */
  | 'WORSE';

/** Asks how two indicators vary together over regions. */
export type CorrelateInput = {
  /** Code of the first indicator, the one that the line predicts from; derived ones too. */
  x: Scalars['String']['input'];
  /** Code of the second indicator, the one that the line predicts; derived ones too. */
  y: Scalars['String']['input'];
  /** The slice of x; null or empty: the total. */
  xSlice?: InputMaybe<Array<DimensionValueInput>>;
  /** The slice of y; null or empty: the total. */
  ySlice?: InputMaybe<Array<DimensionValueInput>>;
  /** Divides each region's x by another indicator's value; both must add up over regions. */
  xPer?: InputMaybe<Per>;
  /** Divides each region's y by another indicator's value; both must add up over regions. */
  yPer?: InputMaybe<Per>;
  /** The regions; null: every county in force. None may lie inside another. */
  regions?: InputMaybe<RegionSelector>;
  /** Which periods, of both; null: each region's newest. */
  when?: InputMaybe<When>;
  /** Measured, expected or aimed at. */
  status?: InputMaybe<ObservationStatus>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** How the correlation is measured. */
  method?: InputMaybe<CorrelationMethod>;
  /** Probability with which the interval holds the true coefficient, above 0 and below 1. */
  confidence?: InputMaybe<Scalars['Float']['input']>;
  /** Page size of the points, at most 10000. The statistics are over all points. */
  first?: InputMaybe<Scalars['Int']['input']>;
  /** Continue behind this cursor. */
  after?: InputMaybe<Scalars['String']['input']>;
};

/** How a correlation is measured. */
export type CorrelationMethod =
  /** Product-moment correlation: how close the points are to a straight line. */
  | 'PEARSON'
  /** Correlation of the ranks, ties sharing their mean rank: how close the points are to any rising or falling curve. */
  | 'SPEARMAN';

/** Why a statistic does not exist. */
export type UndefinedReason =
  /** Fewer than three regions have both values. */
  | 'TOO_FEW_POINTS'
  /** The values of one of the indicators are all equal. */
  | 'ZERO_VARIANCE';

/** Asks how the values of an indicator are distributed over regions. */
export type DistributionInput = {
  /** Code of the indicator. */
  indicator: Scalars['String']['input'];
  /** The regions; null: every county in force. None may lie inside another. */
  regions?: InputMaybe<RegionSelector>;
  /** Which periods; null: each region's newest. */
  when?: InputMaybe<When>;
  /** The slice; null or empty: the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Measured, expected or aimed at. */
  status?: InputMaybe<ObservationStatus>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** Divides each region's value by another indicator's; both must add up over regions. */
  per?: InputMaybe<Per>;
  /** Number of bins of the histogram, 1 to 1000; null: by the rule of Freedman and Diaconis or, where that has no answer, Sturges. */
  bins?: InputMaybe<Scalars['Int']['input']>;
};

/** How the number of bins was chosen. */
export type BinRule =
  /** As asked for. */
  | 'ASKED'
  /** Bins of width 2 IQR / n^(1/3), IQR the distance of the quartiles (Freedman and Diaconis 1981); at most 1000. */
  | 'FREEDMAN_DIACONIS'
  /** ceil(log2 n) + 1 bins (Sturges 1926), where the quartiles coincide. */
  | 'STURGES'
  /** All values are equal, or there is none. */
  | 'ONE_BIN';

/**
 * Asks how forecasts compare with what came true: the actual figure of the same region, slice and exactly the same period. Every
 * report of a forecast counts, since one that was revised was made at two horizons.
 */
export type ForecastInput = {
  /** Codes of the indicators. */
  indicators: Array<Scalars['String']['input']>;
  /** The regions; null: every county in force. */
  regions?: InputMaybe<RegionSelector>;
  /** Only forecasts of exactly these periods; null: of all. */
  periods?: InputMaybe<Array<Scalars['Period']['input']>>;
  /** The slice; null or empty: the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Expected or aimed at; ACTUAL is refused. */
  status?: InputMaybe<ObservationStatus>;
  /** Which report of the actual figure forecasts are held against. */
  actual?: InputMaybe<ActualVintage>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** Divides forecast and actual by another indicator's newest figure; both must add up over regions. */
  per?: InputMaybe<Per>;
  /** Width in days of the bands that `byHorizon` sums errors up by, counted from 0. */
  horizonBand?: InputMaybe<Scalars['Int']['input']>;
  /** Page size of the entries, at most 10000. */
  first?: InputMaybe<Scalars['Int']['input']>;
  /** Continue behind this cursor. */
  after?: InputMaybe<Scalars['String']['input']>;
};

/** Which report of an actual figure counts. */
export type ActualVintage =
  /** The first one that gave a value, before any revision. */
  | 'FIRST_PUBLISHED'
  /** The newest. */
  | 'LATEST';

/**
 * Asks which regions changed most, either between two periods (`from` and `to`) or between what was known on two days
 * (`asOfFrom` and `asOfTo`).
 */
export type MoversInput = {
  /** Code of the indicator. */
  indicator: Scalars['String']['input'];
  /** The regions; null: every county in force, or every one inside `within`. */
  regions?: InputMaybe<RegionSelector>;
  /** Code of a region: only those inside it, and `decomposition` is of its rate. Null: all. */
  within?: InputMaybe<Scalars['String']['input']>;
  /** Exactly this period is the state before. */
  from?: InputMaybe<Scalars['Period']['input']>;
  /** Exactly this period is the state after. */
  to?: InputMaybe<Scalars['Period']['input']>;
  /** What had been published by this day is the state before. */
  asOfFrom?: InputMaybe<Scalars['Date']['input']>;
  /** What had been published by this day is the state after; null: what is current. */
  asOfTo?: InputMaybe<Scalars['Date']['input']>;
  /** With `asOfFrom`: which periods; null: each region's newest then. */
  when?: InputMaybe<When>;
  /** The slice; null or empty: the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Measured, expected or aimed at. */
  status?: InputMaybe<ObservationStatus>;
  /** With `from` and `to`: answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** Divides each region's value by another indicator's, each state by the divisor known of it; both must add up over regions. */
  per?: InputMaybe<Per>;
  /** Sorts the entries; null: the largest absolute change first. Ties are in tree order, entries without the number last. */
  orderBy?: InputMaybe<MoverOrder>;
  /** Page size, at most 10000. */
  first?: InputMaybe<Scalars['Int']['input']>;
  /** Continue behind this cursor. */
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What movers are sorted by. */
export type MoverOrder = {
  /** The key. */
  by: MoverOrderKey;
  /** The direction. */
  direction?: InputMaybe<Direction>;
};

/** Sort keys of movers. */
export type MoverOrderKey =
  /** By the size of the change, whatever its sign. */
  | 'ABSOLUTE_CHANGE'
  /** By the change: falls before rises when ascending. */
  | 'CHANGE'
  /** By the change in percent. */
  | 'PERCENT_CHANGE'
  /** By region, in tree order. */
  | 'REGION';

/** Length of a calendar period. */
export type Grain =
  /** A day. */
  | 'DAY'
  /** An ISO 8601 week, Monday to Sunday. */
  | 'WEEK'
  /** A calendar month. */
  | 'MONTH'
  /** A calendar quarter. */
  | 'QUARTER'
  /** A calendar year. */
  | 'YEAR';

/** Whether a figure is measured, expected or aimed at. They never mix unless asked. */
export type ObservationStatus =
  /** Measured or reported as a fact. */
  | 'ACTUAL'
  /** Expected. */
  | 'FORECAST'
  /** Aimed at. */
  | 'TARGET';

/** How a figure bounds the true value. Precision propagates through every computation. */
export type Precision =
  /** As printed, without rounding words. */
  | 'EXACT'
  /** The true value may lie on either side. */
  | 'APPROXIMATE'
  /** The true value is the figure or higher. */
  | 'AT_LEAST'
  /** The true value is the figure or lower. */
  | 'AT_MOST';

/** Why a value is absent. */
export type MissingReason =
  /** The indicator does not apply to the region. */
  | 'NOT_APPLICABLE'
  /** The figure was not collected. */
  | 'NOT_COLLECTED'
  /** The figure was not published. */
  | 'NOT_PUBLISHED'
  /** The figure was withheld. */
  | 'SUPPRESSED'
  /** The source gives no reason. */
  | 'UNKNOWN'
  /** The region has no value of the weight indicator. */
  | 'NO_WEIGHT'
  /** The rate's counts, or the divisor's value, are unknown for the region, or the denominator is zero. In a group of several regions a zero denominator counts as it is. */
  | 'NO_DENOMINATOR'
  /** Nothing is loaded for the region in this selection. */
  | 'NO_OBSERVATION'
  /** The group covers less of its regions than `minCoverage` asks for. */
  | 'BELOW_COVERAGE'
  /** The figure was taken back on its day of publication, by a load that replaced what had it: only `revisions` and `changes` show it. */
  | 'WITHDRAWN';

/**
 * Selects regions: those named by `codes`, plus everything inside `within` at `level`, plus a region with its peers, narrowed by
 * `where`. Where all three are null: every region in force at `level`; an empty list names nothing. A retired code stands for its
 * successor, with a warning.
 */
export type RegionSelector = {
  /** Codes of regions, of any level. */
  codes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Codes of regions whose inside is selected. */
  within?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Level of the regions taken from inside `within`. */
  level?: InputMaybe<RegionLevel>;
  /** Narrows what `within`, `peersOf` or the default select; `codes` and the region that has the peers are kept as named. */
  where?: InputMaybe<RegionWhere>;
  /** A region together with its peers. Sizes and distances are taken from the newest measured totals, published by `asOf` where the query has one. */
  peersOf?: InputMaybe<PeersInput>;
};

/** One value of one dimension. */
export type DimensionValueInput = {
  /** Code of the dimension, such as households. */
  dimension: Scalars['String']['input'];
  /** Value of the dimension, such as lt_100. */
  value: Scalars['String']['input'];
};

/**
 * Selects figures by time: the newest figure of each region (the default), those of exactly one period, or every one inside a
 * period, rolled up over time by the indicator's rule.
 */
export type When =
  /** Each region's newest period. */
  { latest: LatestInput; period?: never; within?: never; }
  |  /** Exactly this period. */
  { latest?: never; period: Scalars['Period']['input']; within?: never; }
  |  /** Every period inside this one, rolled up over time by the indicator's rule. */
  { latest?: never; period?: never; within: Scalars['Period']['input']; };

/** Bounds the newest period. */
export type LatestInput = {
  /** Only periods that end on or before this day. */
  onOrBefore?: InputMaybe<Scalars['Date']['input']>;
  /** Only periods that end within so long before `onOrBefore`, or before today where that is not given. */
  maxAge?: InputMaybe<Scalars['Duration']['input']>;
};

/** Narrows figures; conditions are combined with AND and `{}` is every current figure. An empty list names nothing and selects nothing. */
export type ObservationWhere = {
  /** Only these regions; null: all regions of all levels. */
  regions?: InputMaybe<RegionSelector>;
  /** Only these indicators, by code. */
  indicators?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only figures of exactly this slice, or with `anySlice` of every slice that has these values. An empty list with `anySlice: false` is the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Whether the slice may have further dimensions. */
  anySlice?: InputMaybe<Scalars['Boolean']['input']>;
  /** Only periods that start on or after this day. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Only periods that end on or before this day. */
  to?: InputMaybe<Scalars['Date']['input']>;
  /** Only these statuses. */
  status?: InputMaybe<Array<ObservationStatus>>;
  /** Only these precisions. */
  precision?: InputMaybe<Array<Precision>>;
  /** Only figures from these sources, by code. */
  sources?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** What observations are sorted by; ties are in the order indicator, slice, status, period, region. */
export type ObservationOrder = {
  /** The key. */
  by: ObservationOrderKey;
  /** The direction. */
  direction?: InputMaybe<Direction>;
};

/** Sort keys of observations. */
export type ObservationOrderKey =
  /** By indicator in catalogue order, then slice, status, period and region. */
  | 'INDICATOR'
  /** By region in the order of the region tree. */
  | 'REGION'
  /** By the end of the period, then its start. */
  | 'PERIOD'
  /** By value; missing values last in either direction. */
  | 'VALUE'
  /** By the day of publication. */
  | 'PUBLISHED';

/** How much a failed check matters. */
export type Severity =
  /** Stops publication, so no published snapshot has a failed one. */
  | 'ERROR'
  /** Published with the data: somebody should look. */
  | 'WARNING'
  /** Published with the data: good to know. */
  | 'NOTE';

/** Outcome of a check. */
export type CheckStatus =
  /** It holds. */
  | 'PASSED'
  /** It does not hold. */
  | 'FAILED';

/** Narrows a list of checks; conditions are combined with AND. */
export type CheckWhere = {
  /** Only these checks, by code. */
  codes?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only these severities. */
  severity?: InputMaybe<Array<Severity>>;
  /** Only this outcome. */
  status?: InputMaybe<CheckStatus>;
  /** Only checks of these regions. */
  regions?: InputMaybe<RegionSelector>;
  /** Only checks of these indicators, by code. */
  indicators?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A region together with its peers: regions in force of its level that are like it. A retired code stands for its successor. */
export type PeersInput = {
  /** Code of the region. */
  region: Scalars['String']['input'];
  /** What makes regions peers. */
  by: PeersBy;
  /** For SIZE_BAND: code of the indicator whose newest value is the size; derived ones too. */
  indicator?: InputMaybe<Scalars['String']['input']>;
  /** For SIZE_BAND: the largest ratio of sizes, at least 1. At 2, peers have from half to double the region's size, both ends included. */
  band?: InputMaybe<Scalars['Float']['input']>;
  /** For NEAREST: codes of the indicators that distances are taken over, as in `similar`. */
  indicators?: InputMaybe<Array<Scalars['String']['input']>>;
  /** For NEAREST: how many peers, at least 1. */
  k?: InputMaybe<Scalars['Int']['input']>;
  /** Only peers inside these regions, by code; null: anywhere. */
  within?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** What makes regions peers. */
export type PeersBy =
  /** The same enclosing region. */
  | 'SAME_PARENT'
  /** A size within a band around the region's. */
  | 'SIZE_BAND'
  /** The nearest over standardised indicators. */
  | 'NEAREST';

/** Asks how figures develop over time. */
export type SeriesInput = {
  /** Codes of the indicators. */
  indicators: Array<Scalars['String']['input']>;
  /** The regions, of any level. Each has the figures reported for itself: nothing is rolled up over regions here. */
  regions: RegionSelector;
  /** Only figures whose period begins on or after this day; null: no bound. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Only figures whose period ends on or before this day; null: no bound. */
  to?: InputMaybe<Scalars['Date']['input']>;
  /** Length of the periods shown. Figures inside one are rolled up by the indicator's time rule, flows added up and stocks taken at their newest; NOT_AGGREGATABLE where a period holds several figures and the contract has no rule. Figures that do not lie inside one period are left out, with a warning. Null: the periods as they are reported, each length in a series of its own. */
  grain?: InputMaybe<Grain>;
  /** The slice; null or empty: the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Measured, expected or aimed at: one series each, they never mix. Null or empty: measured. */
  status?: InputMaybe<Array<ObservationStatus>>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** Divides each value by another indicator's of the same time; both must add up over regions. */
  per?: InputMaybe<Per>;
  /** What stands in gaps between reported periods. Filled points are marked. Periods that are reported as missing are never filled. */
  fill?: InputMaybe<Fill>;
  /** Counts days from an event instead of by the calendar; with the grain DAY or none. */
  align?: InputMaybe<Align>;
  /** Number of series on a page, at most 10000. */
  first?: InputMaybe<Scalars['Int']['input']>;
  /** Continue behind this cursor. */
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What stands in the gaps of a series. */
export type Fill =
  /** Nothing: the value is null with the reason NO_OBSERVATION. */
  | 'NONE'
  /** 0. */
  | 'ZERO'
  /** The last reported value before the gap, with its precision. */
  | 'PREVIOUS'
  /** The straight line between the reported values on either side, with equal steps from point to point; the precision is APPROXIMATE. */
  | 'LINEAR';

/** Aligns days by an event that moves through the calendar: {event: "2020-01-25", with: "2019-02-05"} is Spring Festival. */
export type Align = {
  /** The day that is day 0. */
  event: Scalars['Date']['input'];
  /** Day 0 of the event compared with: year-on-year statistics compare as many days after either. Null: they compare by the calendar. */
  with?: InputMaybe<Scalars['Date']['input']>;
};

/** Asks which regions are most like one. */
export type SimilarInput = {
  /** Code of the region. */
  region: Scalars['String']['input'];
  /** Codes of the indicators that likeness is measured by; derived ones too. Each counts alike. */
  indicators: Array<Scalars['String']['input']>;
  /** The candidates; null: every region in force of the region's level, every county for a county. None may lie inside another. */
  regions?: InputMaybe<RegionSelector>;
  /** How many neighbours, at least 1. */
  k?: InputMaybe<Scalars['Int']['input']>;
  /** Which periods; null: each region's newest. */
  when?: InputMaybe<When>;
  /** The slice; null or empty: the total. */
  slice?: InputMaybe<Array<DimensionValueInput>>;
  /** Measured, expected or aimed at. */
  status?: InputMaybe<ObservationStatus>;
  /** Answer with what had been published by this day; null: with what is current. */
  asOf?: InputMaybe<Scalars['Date']['input']>;
  /** Divides each region's values by another indicator's; all must add up over regions. */
  per?: InputMaybe<Per>;
};

/** An enum describing what kind of type a given `__Type` is. */
export type __TypeKind =
  /** Indicates this type is a scalar. */
  | 'SCALAR'
  /** Indicates this type is an object. `fields` and `interfaces` are valid fields. */
  | 'OBJECT'
  /** Indicates this type is an interface. `fields`, `interfaces`, and `possibleTypes` are valid fields. */
  | 'INTERFACE'
  /** Indicates this type is a union. `possibleTypes` is a valid field. */
  | 'UNION'
  /** Indicates this type is an enum. `enumValues` is a valid field. */
  | 'ENUM'
  /** Indicates this type is an input object. `inputFields` is a valid field. */
  | 'INPUT_OBJECT'
  /** Indicates this type is a list. `ofType` is a valid field. */
  | 'LIST'
  /** Indicates this type is a non-null. `ofType` is a valid field. */
  | 'NON_NULL';

/** A Directive can be adjacent to many parts of the GraphQL language, a __DirectiveLocation describes one such possible adjacencies. */
export type __DirectiveLocation =
  /** Location adjacent to a query operation. */
  | 'QUERY'
  /** Location adjacent to a mutation operation. */
  | 'MUTATION'
  /** Location adjacent to a subscription operation. */
  | 'SUBSCRIPTION'
  /** Location adjacent to a field. */
  | 'FIELD'
  /** Location adjacent to a fragment definition. */
  | 'FRAGMENT_DEFINITION'
  /** Location adjacent to a fragment spread. */
  | 'FRAGMENT_SPREAD'
  /** Location adjacent to an inline fragment. */
  | 'INLINE_FRAGMENT'
  /** Location adjacent to a variable definition. */
  | 'VARIABLE_DEFINITION'
  /** Location adjacent to a schema definition. */
  | 'SCHEMA'
  /** Location adjacent to a scalar definition. */
  | 'SCALAR'
  /** Location adjacent to an object type definition. */
  | 'OBJECT'
  /** Location adjacent to a field definition. */
  | 'FIELD_DEFINITION'
  /** Location adjacent to an argument definition. */
  | 'ARGUMENT_DEFINITION'
  /** Location adjacent to an interface definition. */
  | 'INTERFACE'
  /** Location adjacent to a union definition. */
  | 'UNION'
  /** Location adjacent to an enum definition. */
  | 'ENUM'
  /** Location adjacent to an enum value definition. */
  | 'ENUM_VALUE'
  /** Location adjacent to an input object type definition. */
  | 'INPUT_OBJECT'
  /** Location adjacent to an input object field definition. */
  | 'INPUT_FIELD_DEFINITION'
  /** Location adjacent to a directive definition. */
  | 'DIRECTIVE_DEFINITION';

export type CatalogueQueryVariables = Exact<{ [key: string]: never; }>;


export type CatalogueQuery = { snapshot: { id: string, publishedAt: string, observations: number | null, regions: number | null, indicators: number | null }, indicators: { nodes: Array<{ code: string, name: string, aliases: Array<string>, description: string, topic: string, unit: string, unitName: string, kind: IndicatorKind, polarity: Polarity, formula: string | null, nameEn: string, unitNameEn: string, rollup: { regions: RollupRule, time: RollupRule, dimensions: RollupRule, inWords: string }, dimensions: Array<{ code: string, name: string, nameEn: string }>, availability: { observations: number, regions: number, first: string | null, last: string | null } }> } };

export type RegionTreeQueryVariables = Exact<{ [key: string]: never; }>;


export type RegionTreeQuery = { regions: { nodes: Array<{ code: string, name: string, nameEn: string | null, level: RegionLevel, parent: { code: string } | null }> } };

export type SearchQueryVariables = Exact<{
  text: Scalars['String']['input'];
}>;


export type SearchQuery = { search: Array<{ matched: string, node: { __typename: 'Region', code: string, name: string, nameEn: string | null, level: RegionLevel, parent: { code: string } | null } | { __typename: 'Indicator', code: string } | { __typename: 'Source' } | { __typename: 'Observation' } }> };

export type SlicesQueryVariables = Exact<{
  code: Scalars['String']['input'];
}>;


export type SlicesQuery = { indicator: { slices: Array<{ regions: number, slice: Array<{ value: string, name: string, nameEn: string, dimension: { code: string } }> }> } };

export type PublishedQueryVariables = Exact<{ [key: string]: never; }>;


export type PublishedQuery = { snapshot: { id: string, publishedAt: string }, __schema: { subscriptionType: { fields: Array<{ name: string }> | null } | null } };

export type SnapshotPublishedSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type SnapshotPublishedSubscription = { snapshotPublished: { id: string, publishedAt: string } };

export type RegionNameFragment = { code: string, name: string, nameEn: string | null };

export type ComparisonHeadFragment = { unit: string, baseline: number | null, baselinePrecision: Precision, totalCount: number, indicator: { code: string }, statistics: { n: number, mean: number | null, groupValue: number | null, median: number | null, stddev: number | null, min: number | null, max: number | null, quartiles: Array<number> }, missing: Array<{ reason: MissingReason, region: { code: string, name: string, nameEn: string | null } }>, warnings: Array<{ code: string, message: string }> };

export type CompareQueryVariables = Exact<{
  input: CompareInput;
}>;


export type CompareQuery = { compare: { snapshot: { id: string }, indicators: Array<{ unit: string, baseline: number | null, baselinePrecision: Precision, totalCount: number, entries: Array<{ value: number, precision: Precision, rank: number, rankUncertain: boolean, percentile: number, zScore: number | null, difference: number | null, standing: Standing | null, region: { code: string, name: string, nameEn: string | null }, observation: { period: { label: string, inferred: boolean } } }>, indicator: { code: string }, statistics: { n: number, mean: number | null, groupValue: number | null, median: number | null, stddev: number | null, min: number | null, max: number | null, quartiles: Array<number> }, missing: Array<{ reason: MissingReason, region: { code: string, name: string, nameEn: string | null } }>, warnings: Array<{ code: string, message: string }> }> } };

export type CompareColumnsQueryVariables = Exact<{
  input: CompareInput;
}>;


export type CompareColumnsQuery = { compare: { snapshot: { id: string }, indicators: Array<{ unit: string, baseline: number | null, baselinePrecision: Precision, totalCount: number, columns: { regions: Array<string>, values: Array<number>, precisions: Array<Precision>, ranks: Array<number>, percentiles: Array<number>, zScores: Array<number | null>, differences: Array<number | null> }, indicator: { code: string }, statistics: { n: number, mean: number | null, groupValue: number | null, median: number | null, stddev: number | null, min: number | null, max: number | null, quartiles: Array<number> }, missing: Array<{ reason: MissingReason, region: { code: string, name: string, nameEn: string | null } }>, warnings: Array<{ code: string, message: string }> }> } };

export type FigureRowFragment = { id: string, status: ObservationStatus, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string }>, period: { label: string } };

export type AvailabilityQueryVariables = Exact<{
  indicators: InputMaybe<Array<Scalars['String']['input']> | Scalars['String']['input']>;
}>;


export type AvailabilityQuery = { availability: Array<{ observations: number, regions: number, first: string | null, last: string | null, indicator: { code: string, name: string, nameEn: string }, gaps: Array<{ reason: MissingReason, observations: number }> }> };

export type ChecksQueryVariables = Exact<{
  where: InputMaybe<CheckWhere>;
  first: Scalars['Int']['input'];
}>;


export type ChecksQuery = { checks: { totalCount: number, nodes: Array<{ code: string, severity: Severity, status: CheckStatus, message: string, arithmetic: string, region: { code: string, name: string, nameEn: string | null } | null, indicator: { code: string, name: string, nameEn: string } | null, observations: Array<{ id: string, status: ObservationStatus, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string }>, period: { label: string } }> }> } };

export type DistributionQueryVariables = Exact<{
  input: DistributionInput;
  values: CompareInput;
}>;


export type DistributionQuery = { distribution: { unit: string, binRule: BinRule, quantiles: Array<number | null>, precision: Precision, snapshot: { id: string }, histogram: Array<{ lower: number, upper: number, count: number, share: number }>, statistics: { n: number, mean: number | null, median: number | null, stddev: number | null, min: number | null, max: number | null, gini: number | null, coefficientOfVariation: number | null }, missing: Array<{ reason: MissingReason, region: { code: string, name: string, nameEn: string | null } }>, warnings: Array<{ code: string, message: string }> }, compare: { indicators: Array<{ columns: { regions: Array<string>, values: Array<number>, precisions: Array<Precision> } }> } };

export type ReportFragment = { id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, source: { code: string, title: string } };

export type FigureFragment = { status: ObservationStatus, numerator: number | null, denominator: number | null, derived: boolean, offset: number | null, definition: string | null, note: string | null, firstPublished: string | null, lag: string | null, id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string, dimension: { code: string, name: string, nameEn: string } }>, period: { label: string, start: string, end: string, inferred: boolean }, source: { code: string, title: string, publisher: string | null, publishedOn: string | null, publishedInferred: boolean, licence: string | null }, load: { id: string, finishedAt: string }, revisions: Array<{ id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, source: { code: string, title: string } }> };

export type EvidenceQueryVariables = Exact<{
  input: CompareInput;
}>;


export type EvidenceQuery = { compare: { indicators: Array<{ unit: string, baseline: number | null, baselinePrecision: Precision, indicator: { code: string, formula: string | null, rollup: { regions: RollupRule, time: RollupRule, dimensions: RollupRule, inWords: string }, numerator: { code: string, name: string, nameEn: string } | null, denominator: { code: string, name: string, nameEn: string } | null }, statistics: { n: number }, missing: Array<{ reason: MissingReason }>, warnings: Array<{ code: string, message: string }>, entries: Array<{ value: number, precision: Precision, rank: number, rankUncertain: boolean, percentile: number, zScore: number | null, difference: number | null, differencePrecision: Precision, ratio: number | null, standing: Standing | null, region: { code: string, name: string, nameEn: string | null }, observations: Array<{ status: ObservationStatus, numerator: number | null, denominator: number | null, derived: boolean, offset: number | null, definition: string | null, note: string | null, firstPublished: string | null, lag: string | null, id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string, dimension: { code: string, name: string, nameEn: string } }>, period: { label: string, start: string, end: string, inferred: boolean }, source: { code: string, title: string, publisher: string | null, publishedOn: string | null, publishedInferred: boolean, licence: string | null }, load: { id: string, finishedAt: string }, revisions: Array<{ id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, source: { code: string, title: string } }> }> }> }> } };

export type StatedQueryVariables = Exact<{
  where: ObservationWhere;
  asOf: InputMaybe<Scalars['Date']['input']>;
}>;


export type StatedQuery = { observations: { nodes: Array<{ status: ObservationStatus, numerator: number | null, denominator: number | null, derived: boolean, offset: number | null, definition: string | null, note: string | null, firstPublished: string | null, lag: string | null, id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string, dimension: { code: string, name: string, nameEn: string } }>, period: { label: string, start: string, end: string, inferred: boolean }, source: { code: string, title: string, publisher: string | null, publishedOn: string | null, publishedInferred: boolean, licence: string | null }, load: { id: string, finishedAt: string }, revisions: Array<{ id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, source: { code: string, title: string } }> }> } };

export type PrintedFigureQueryVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type PrintedFigureQuery = { node: { status: ObservationStatus, numerator: number | null, denominator: number | null, derived: boolean, offset: number | null, definition: string | null, note: string | null, firstPublished: string | null, lag: string | null, id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string, dimension: { code: string, name: string, nameEn: string } }>, period: { label: string, start: string, end: string, inferred: boolean }, source: { code: string, title: string, publisher: string | null, publishedOn: string | null, publishedInferred: boolean, licence: string | null }, load: { id: string, finishedAt: string }, revisions: Array<{ id: string, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, publishedOn: string | null, source: { code: string, title: string } }> } | {} | null };

export type CorrelateQueryVariables = Exact<{
  input: CorrelateInput;
}>;


export type CorrelateQuery = { correlate: { xUnit: string, yUnit: string, method: CorrelationMethod, n: number, coefficient: number | null, undefined: UndefinedReason | null, pValue: number | null, slope: number | null, intercept: number | null, precision: Precision, snapshot: { id: string }, interval: { lower: number, upper: number, confidence: number } | null, points: Array<{ x: number, xPrecision: Precision, y: number, yPrecision: Precision, residual: number | null, region: { code: string, name: string, nameEn: string | null } }>, missing: Array<{ reason: MissingReason, indicator: { code: string }, region: { code: string, name: string, nameEn: string | null } }>, warnings: Array<{ code: string, message: string }> } };

export type SeriesQueryVariables = Exact<{
  input: SeriesInput;
  aligned: Scalars['Boolean']['input'];
}>;


export type SeriesQuery = { series: { totalCount: number, snapshot: { id: string }, series: Array<{ status: ObservationStatus, frequency: Grain | null, unit: string, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string }, columns: { periods: Array<string>, values: Array<number | null>, missing: Array<MissingReason | null>, filled: Array<boolean>, precisions: Array<Precision>, changes: Array<number | null>, yearOnYear: Array<number | null> }, points?: Array<{ eventDay: number | null }> }>, missing: Array<{ reason: MissingReason, indicator: { code: string }, region: { code: string, name: string, nameEn: string | null } }>, warnings: Array<{ code: string, message: string }> } };

export type SourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourcesQuery = { sources: { totalCount: number, nodes: Array<{ code: string, title: string, publisher: string | null, publishedOn: string | null, publishedInferred: boolean, licence: string | null, observations: { totalCount: number } }> }, snapshot: { id: string }, snapshots: { totalCount: number, nodes: Array<{ id: string, publishedAt: string, parent: string | null, observations: number | null, regions: number | null, indicators: number | null, contentHash: string | null }> }, loads: { totalCount: number, nodes: Array<{ id: string, startedAt: string, finishedAt: string, added: number | null, revised: number | null, withdrawn: number | null, unchanged: number | null, rejected: number | null, files: Array<{ name: string, sha256: string, bytes: number, rows: number }> }> } };

export type SourceFiguresQueryVariables = Exact<{
  code: Scalars['String']['input'];
  first: Scalars['Int']['input'];
}>;


export type SourceFiguresQuery = { source: { observations: { totalCount: number, nodes: Array<{ id: string, status: ObservationStatus, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string }>, period: { label: string } }> } } };

export type ChangesQueryVariables = Exact<{
  since: Scalars['ID']['input'];
  first: Scalars['Int']['input'];
}>;


export type ChangesQuery = { changes: { totalCount: number, nodes: Array<{ kind: ChangeKind, observation: { id: string, status: ObservationStatus, value: number | null, missing: MissingReason | null, unit: string, precision: Precision, printed: string | null, region: { code: string, name: string, nameEn: string | null }, indicator: { code: string, name: string, nameEn: string }, slice: Array<{ value: string, name: string, nameEn: string }>, period: { label: string } }, previous: { value: number | null, unit: string, precision: Precision, missing: MissingReason | null, publishedOn: string | null } | null }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: DocumentTypeDecoration<TResult, TVariables>['__apiType'];
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RegionNameFragmentDoc = new TypedDocumentString(`
    fragment RegionName on Region {
  code
  name
  nameEn
}
    `, {"fragmentName":"RegionName"}) as unknown as TypedDocumentString<RegionNameFragment, unknown>;
export const ComparisonHeadFragmentDoc = new TypedDocumentString(`
    fragment ComparisonHead on IndicatorComparison {
  indicator {
    code
  }
  unit
  baseline
  baselinePrecision
  statistics {
    n
    mean
    groupValue
    median
    stddev
    min
    max
    quartiles
  }
  totalCount
  missing {
    reason
    region {
      ...RegionName
    }
  }
  warnings {
    code
    message
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}`, {"fragmentName":"ComparisonHead"}) as unknown as TypedDocumentString<ComparisonHeadFragment, unknown>;
export const FigureRowFragmentDoc = new TypedDocumentString(`
    fragment FigureRow on Observation {
  id
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
  }
  status
  value
  missing
  unit
  precision
  printed
}
    fragment RegionName on Region {
  code
  name
  nameEn
}`, {"fragmentName":"FigureRow"}) as unknown as TypedDocumentString<FigureRowFragment, unknown>;
export const ReportFragmentDoc = new TypedDocumentString(`
    fragment Report on Observation {
  id
  value
  missing
  unit
  precision
  printed
  publishedOn
  source {
    code
    title
  }
}
    `, {"fragmentName":"Report"}) as unknown as TypedDocumentString<ReportFragment, unknown>;
export const FigureFragmentDoc = new TypedDocumentString(`
    fragment Figure on Observation {
  ...Report
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    dimension {
      code
      name
      nameEn: name(language: EN)
    }
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
    start
    end
    inferred
  }
  status
  numerator
  denominator
  derived
  offset
  definition
  note
  firstPublished
  lag
  source {
    code
    title
    publisher
    publishedOn
    publishedInferred
    licence
  }
  load {
    id
    finishedAt
  }
  revisions {
    ...Report
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment Report on Observation {
  id
  value
  missing
  unit
  precision
  printed
  publishedOn
  source {
    code
    title
  }
}`, {"fragmentName":"Figure"}) as unknown as TypedDocumentString<FigureFragment, unknown>;
export const CatalogueDocument = new TypedDocumentString(`
    query Catalogue {
  snapshot {
    id
    publishedAt
    observations
    regions
    indicators
  }
  indicators(first: 10000) {
    nodes {
      code
      name
      nameEn: name(language: EN)
      aliases
      description
      topic
      unit
      unitName
      unitNameEn: unitName(language: EN)
      kind
      polarity
      formula
      rollup {
        regions
        time
        dimensions
        inWords
      }
      dimensions {
        code
        name
        nameEn: name(language: EN)
      }
      availability {
        observations
        regions
        first
        last
      }
    }
  }
}
    `) as unknown as TypedDocumentString<CatalogueQuery, CatalogueQueryVariables>;
export const RegionTreeDocument = new TypedDocumentString(`
    query RegionTree {
  regions(
    where: {inForce: true, levels: [COUNTRY, PROVINCE, PREFECTURE, COUNTY]}
    first: 10000
  ) {
    nodes {
      code
      name
      nameEn
      level
      parent {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<RegionTreeQuery, RegionTreeQueryVariables>;
export const SearchDocument = new TypedDocumentString(`
    query Search($text: String!) {
  search(text: $text, first: 40) {
    matched
    node {
      __typename
      ... on Region {
        code
        name
        nameEn
        level
        parent {
          code
        }
      }
      ... on Indicator {
        code
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const SlicesDocument = new TypedDocumentString(`
    query Slices($code: String!) {
  indicator(code: $code) {
    slices {
      regions
      slice {
        dimension {
          code
        }
        value
        name
        nameEn: name(language: EN)
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SlicesQuery, SlicesQueryVariables>;
export const PublishedDocument = new TypedDocumentString(`
    query Published {
  snapshot {
    id
    publishedAt
  }
  __schema {
    subscriptionType {
      fields {
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PublishedQuery, PublishedQueryVariables>;
export const SnapshotPublishedDocument = new TypedDocumentString(`
    subscription SnapshotPublished {
  snapshotPublished {
    id
    publishedAt
  }
}
    `) as unknown as TypedDocumentString<SnapshotPublishedSubscription, SnapshotPublishedSubscriptionVariables>;
export const CompareDocument = new TypedDocumentString(`
    query Compare($input: CompareInput!) {
  compare(input: $input) {
    snapshot {
      id
    }
    indicators {
      ...ComparisonHead
      entries {
        region {
          ...RegionName
        }
        value
        precision
        rank
        rankUncertain
        percentile
        zScore
        difference
        standing
        observation {
          period {
            label
            inferred
          }
        }
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment ComparisonHead on IndicatorComparison {
  indicator {
    code
  }
  unit
  baseline
  baselinePrecision
  statistics {
    n
    mean
    groupValue
    median
    stddev
    min
    max
    quartiles
  }
  totalCount
  missing {
    reason
    region {
      ...RegionName
    }
  }
  warnings {
    code
    message
  }
}`) as unknown as TypedDocumentString<CompareQuery, CompareQueryVariables>;
export const CompareColumnsDocument = new TypedDocumentString(`
    query CompareColumns($input: CompareInput!) {
  compare(input: $input) {
    snapshot {
      id
    }
    indicators {
      ...ComparisonHead
      columns {
        regions
        values
        precisions
        ranks
        percentiles
        zScores
        differences
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment ComparisonHead on IndicatorComparison {
  indicator {
    code
  }
  unit
  baseline
  baselinePrecision
  statistics {
    n
    mean
    groupValue
    median
    stddev
    min
    max
    quartiles
  }
  totalCount
  missing {
    reason
    region {
      ...RegionName
    }
  }
  warnings {
    code
    message
  }
}`) as unknown as TypedDocumentString<CompareColumnsQuery, CompareColumnsQueryVariables>;
export const AvailabilityDocument = new TypedDocumentString(`
    query Availability($indicators: [String!]) {
  availability(indicators: $indicators) {
    indicator {
      code
      name
      nameEn: name(language: EN)
    }
    observations
    regions
    first
    last
    gaps {
      reason
      observations
    }
  }
}
    `) as unknown as TypedDocumentString<AvailabilityQuery, AvailabilityQueryVariables>;
export const ChecksDocument = new TypedDocumentString(`
    query Checks($where: CheckWhere, $first: Int!) {
  checks(where: $where, first: $first) {
    totalCount
    nodes {
      code
      severity
      status
      region {
        ...RegionName
      }
      indicator {
        code
        name
        nameEn: name(language: EN)
      }
      message
      arithmetic
      observations {
        ...FigureRow
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment FigureRow on Observation {
  id
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
  }
  status
  value
  missing
  unit
  precision
  printed
}`) as unknown as TypedDocumentString<ChecksQuery, ChecksQueryVariables>;
export const DistributionDocument = new TypedDocumentString(`
    query Distribution($input: DistributionInput!, $values: CompareInput!) {
  distribution(input: $input) {
    snapshot {
      id
    }
    unit
    binRule
    histogram {
      lower
      upper
      count
      share
    }
    quantiles(p: [0.1, 0.25, 0.5, 0.75, 0.9])
    statistics {
      n
      mean
      median
      stddev
      min
      max
      gini
      coefficientOfVariation
    }
    precision
    missing {
      reason
      region {
        ...RegionName
      }
    }
    warnings {
      code
      message
    }
  }
  compare(input: $values) {
    indicators {
      columns {
        regions
        values
        precisions
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}`) as unknown as TypedDocumentString<DistributionQuery, DistributionQueryVariables>;
export const EvidenceDocument = new TypedDocumentString(`
    query Evidence($input: CompareInput!) {
  compare(input: $input) {
    indicators {
      indicator {
        code
        formula
        rollup {
          regions
          time
          dimensions
          inWords
        }
        numerator {
          code
          name
          nameEn: name(language: EN)
        }
        denominator {
          code
          name
          nameEn: name(language: EN)
        }
      }
      unit
      baseline
      baselinePrecision
      statistics {
        n
      }
      missing {
        reason
      }
      warnings {
        code
        message
      }
      entries {
        region {
          ...RegionName
        }
        value
        precision
        rank
        rankUncertain
        percentile
        zScore
        difference
        differencePrecision
        ratio
        standing
        observations {
          ...Figure
        }
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment Report on Observation {
  id
  value
  missing
  unit
  precision
  printed
  publishedOn
  source {
    code
    title
  }
}
fragment Figure on Observation {
  ...Report
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    dimension {
      code
      name
      nameEn: name(language: EN)
    }
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
    start
    end
    inferred
  }
  status
  numerator
  denominator
  derived
  offset
  definition
  note
  firstPublished
  lag
  source {
    code
    title
    publisher
    publishedOn
    publishedInferred
    licence
  }
  load {
    id
    finishedAt
  }
  revisions {
    ...Report
  }
}`) as unknown as TypedDocumentString<EvidenceQuery, EvidenceQueryVariables>;
export const StatedDocument = new TypedDocumentString(`
    query Stated($where: ObservationWhere!, $asOf: Date) {
  observations(
    where: $where
    asOf: $asOf
    orderBy: {by: PERIOD, direction: DESC}
    first: 3
  ) {
    nodes {
      ...Figure
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment Report on Observation {
  id
  value
  missing
  unit
  precision
  printed
  publishedOn
  source {
    code
    title
  }
}
fragment Figure on Observation {
  ...Report
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    dimension {
      code
      name
      nameEn: name(language: EN)
    }
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
    start
    end
    inferred
  }
  status
  numerator
  denominator
  derived
  offset
  definition
  note
  firstPublished
  lag
  source {
    code
    title
    publisher
    publishedOn
    publishedInferred
    licence
  }
  load {
    id
    finishedAt
  }
  revisions {
    ...Report
  }
}`) as unknown as TypedDocumentString<StatedQuery, StatedQueryVariables>;
export const PrintedFigureDocument = new TypedDocumentString(`
    query PrintedFigure($id: ID!) {
  node(id: $id) {
    ...Figure
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment Report on Observation {
  id
  value
  missing
  unit
  precision
  printed
  publishedOn
  source {
    code
    title
  }
}
fragment Figure on Observation {
  ...Report
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    dimension {
      code
      name
      nameEn: name(language: EN)
    }
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
    start
    end
    inferred
  }
  status
  numerator
  denominator
  derived
  offset
  definition
  note
  firstPublished
  lag
  source {
    code
    title
    publisher
    publishedOn
    publishedInferred
    licence
  }
  load {
    id
    finishedAt
  }
  revisions {
    ...Report
  }
}`) as unknown as TypedDocumentString<PrintedFigureQuery, PrintedFigureQueryVariables>;
export const CorrelateDocument = new TypedDocumentString(`
    query Correlate($input: CorrelateInput!) {
  correlate(input: $input) {
    snapshot {
      id
    }
    xUnit
    yUnit
    method
    n
    coefficient
    undefined
    interval {
      lower
      upper
      confidence
    }
    pValue
    slope
    intercept
    precision
    points {
      region {
        ...RegionName
      }
      x
      xPrecision
      y
      yPrecision
      residual
    }
    missing {
      reason
      indicator {
        code
      }
      region {
        ...RegionName
      }
    }
    warnings {
      code
      message
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}`) as unknown as TypedDocumentString<CorrelateQuery, CorrelateQueryVariables>;
export const SeriesDocument = new TypedDocumentString(`
    query Series($input: SeriesInput!, $aligned: Boolean!) {
  series(input: $input) {
    snapshot {
      id
    }
    totalCount
    series {
      region {
        ...RegionName
      }
      indicator {
        code
      }
      status
      frequency
      unit
      columns {
        periods
        values
        missing
        filled
        precisions
        changes
        yearOnYear
      }
      points @include(if: $aligned) {
        eventDay
      }
    }
    missing {
      reason
      indicator {
        code
      }
      region {
        ...RegionName
      }
    }
    warnings {
      code
      message
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}`) as unknown as TypedDocumentString<SeriesQuery, SeriesQueryVariables>;
export const SourcesDocument = new TypedDocumentString(`
    query Sources {
  sources(first: 200) {
    totalCount
    nodes {
      code
      title
      publisher
      publishedOn
      publishedInferred
      licence
      observations(first: 1) {
        totalCount
      }
    }
  }
  snapshot {
    id
  }
  snapshots(first: 50) {
    totalCount
    nodes {
      id
      publishedAt
      parent
      observations
      regions
      indicators
      contentHash
    }
  }
  loads(first: 50) {
    totalCount
    nodes {
      id
      startedAt
      finishedAt
      added
      revised
      withdrawn
      unchanged
      rejected
      files {
        name
        sha256
        bytes
        rows
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SourcesQuery, SourcesQueryVariables>;
export const SourceFiguresDocument = new TypedDocumentString(`
    query SourceFigures($code: String!, $first: Int!) {
  source(code: $code) {
    observations(first: $first) {
      totalCount
      nodes {
        ...FigureRow
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment FigureRow on Observation {
  id
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
  }
  status
  value
  missing
  unit
  precision
  printed
}`) as unknown as TypedDocumentString<SourceFiguresQuery, SourceFiguresQueryVariables>;
export const ChangesDocument = new TypedDocumentString(`
    query Changes($since: ID!, $first: Int!) {
  changes(since: $since, first: $first) {
    totalCount
    nodes {
      kind
      observation {
        ...FigureRow
      }
      previous {
        value
        unit
        precision
        missing
        publishedOn
      }
    }
  }
}
    fragment RegionName on Region {
  code
  name
  nameEn
}
fragment FigureRow on Observation {
  id
  region {
    ...RegionName
  }
  indicator {
    code
    name
    nameEn: name(language: EN)
  }
  slice {
    value
    name
    nameEn: name(language: EN)
  }
  period {
    label
  }
  status
  value
  missing
  unit
  precision
  printed
}`) as unknown as TypedDocumentString<ChangesQuery, ChangesQueryVariables>;