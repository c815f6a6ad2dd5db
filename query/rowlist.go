package query

// rowList names rows of figures without pointing to them.
type rowList struct {
	at [1]int32 // the row, if there is one; of several, where they begin in the lists of the figures
	n  int32
}

func oneRow(row int32) rowList { return rowList{[1]int32{row}, 1} }

// keep names rows that the figures have, so that they are listed again.
func (f *figures) keep(rows []int32) rowList {
	if len(rows) == 1 {
		return oneRow(rows[0])
	}
	at := int32(len(f.lists)) //nolint:gosec // the rows of a request are far fewer
	f.lists = append(f.lists, rows...)
	return rowList{[1]int32{at}, int32(len(rows))}
}

// listed are the rows that a list names.
func (f *figures) listed(l *rowList) []int32 {
	if l.n == 1 {
		return l.at[:]
	}
	return f.lists[l.at[0]:][:l.n]
}

// divisorListed are the rows that divide a cell's value, in the figures of divisors; none where nothing does.
func (f *figures) divisorListed(c *cell) []int32 {
	if c.divisorUsed.n == 0 {
		return nil
	}
	return f.divisor.listed(&c.divisorUsed)
}

// newest is the last row that a cell's value rests on.
func (f *figures) newest(c *cell) int32 {
	rows := f.listed(&c.used)
	return rows[len(rows)-1]
}
