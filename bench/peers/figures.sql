CREATE TABLE figures (
	indicator integer NOT NULL, region integer NOT NULL, province integer NOT NULL, period integer NOT NULL, newest boolean NOT NULL,
	value double precision, numerator double precision, denominator double precision,
	known integer NOT NULL GENERATED ALWAYS AS (CASE WHEN value IS NULL THEN 0 ELSE 1 END) STORED,
	summed_numerator double precision GENERATED ALWAYS AS (CASE WHEN value IS NULL THEN NULL ELSE numerator END) STORED,
	summed_denominator double precision GENERATED ALWAYS AS (CASE WHEN value IS NULL THEN NULL ELSE denominator END) STORED
);
COPY figures (indicator, region, province, period, newest, value, numerator, denominator) FROM STDIN (FORMAT csv, HEADER);
CREATE INDEX figures_newest ON figures (region, indicator) INCLUDE (value) WHERE newest;
CREATE INDEX figures_of_province ON figures (indicator, period, province, value DESC, region)
	INCLUDE (summed_numerator, summed_denominator);
CREATE INDEX figures_of_county ON figures (indicator, region, period) INCLUDE (value);
CREATE INDEX figures_by_province ON figures (indicator, province, period) INCLUDE (value, known);
VACUUM ANALYZE figures
