package duckdb

import "context"

// renewRows is about how many rows are sorted at a time where a file is written in order again: few enough for the memory of a load.
const renewRows = 1 << 20

// renew writes the staged file of a batch that was merged with the cells it touches: the parent's rows without those that go, and those that
// come, all in order.
func (w *writer) renew(ctx context.Context) error {
	if err := w.moveTurned(ctx, 0); err != nil {
		return err
	}
	if err := w.createStaged(ctx); err != nil {
		return err
	}
	for _, t := range w.amendedTables() {
		spans, err := w.indicatorSpans(ctx, t)
		if err != nil {
			return err
		}
		texts, err := w.count(ctx, "(SELECT 1 FROM parent."+t.name+" WHERE printed <> '' OR note <> '' UNION ALL SELECT 1 FROM "+t.come+
			" WHERE printed <> '' OR note <> '' LIMIT 1)")
		if err != nil {
			return err
		}
		read, written := t.columns, t.columns
		if texts == 0 { // even empty ones would take a sixth of the time
			read, written = withoutTexts(t.columns, ""), withoutTexts(t.columns, " ''")
		}
		for _, span := range spans {
			within := " indicator BETWEEN " + literal(span[0]) + " AND " + literal(span[1])
			if err := w.db.exec(ctx, "INSERT INTO staged."+t.name+" SELECT "+written+" FROM (SELECT "+of("o", read)+" FROM parent."+t.name+
				" o ANTI JOIN (SELECT place FROM "+t.gone+") g ON o.rowid = g.place WHERE"+within+
				" UNION ALL SELECT "+read+" FROM "+t.come+" WHERE"+within+") ORDER BY "+t.order); err != nil {
				return err
			}
		}
	}
	return nil
}

// indicatorSpans divides the indicators of a table into spans, from the first to the last, of about as many rows as are sorted at a time.
func (w *writer) indicatorSpans(ctx context.Context, t *amendedTable) ([][2]int32, error) {
	r, err := w.db.query(ctx, "SELECT indicator, count(*) FROM (SELECT indicator FROM parent."+t.name+" UNION ALL SELECT indicator FROM "+t.come+
		") GROUP BY indicator ORDER BY indicator")
	if err != nil {
		return nil, err
	}
	defer r.close()
	s := &scanner{result: r}
	indicators, counts := next[int32](s), next[int64](s)
	var spans [][2]int32
	rows := int64(0)
	for i, of := range indicators {
		if n := len(spans); n > 0 && rows+counts[i] <= renewRows {
			spans[n-1][1], rows = of, rows+counts[i]
			continue
		}
		spans, rows = append(spans, [2]int32{of, of}), counts[i]
	}
	return spans, s.err
}

// outgrown reports whether the tail would be more than it may be.
func (w *writer) outgrown(ctx context.Context) (bool, error) {
	most := w.engine.most.tail * float64(w.parent.contents.Manifest.Observations)
	for _, t := range w.amendedTables() {
		come, err := w.count(ctx, t.come)
		if err != nil || float64(come+t.behind) > most {
			return true, err
		}
	}
	return false, nil
}
