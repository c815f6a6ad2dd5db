package catalog

import (
	"fmt"

	"github.com/countyql/countyql/indicator"
)

// indexRegions numbers the tree in pre-order, so that everything inside a region is one range of numbers. Siblings
// keep the order of the table.
func (c *Catalog) indexRegions(report func(Problem)) {
	rows := c.tables.Regions
	key := (*indicator.Region).QualifiedCode
	byKey := make(map[string]int, len(rows))
	byCode := make(map[string][]int, len(rows))
	for i := range rows {
		reportEmpty(report, "regions", i, rows[i].Code)
		if rows[i].Scheme == "" {
			report(Problem{Table: "regions", Row: i, Field: "scheme", Message: "the scheme is empty"})
		}
		if _, repeated := byKey[key(&rows[i])]; repeated {
			report(Problem{Table: "regions", Row: i, Field: "code", Message: fmt.Sprintf("region %q is listed twice", rows[i].Code)})
		}
		byKey[key(&rows[i])] = i
		byCode[rows[i].Code] = append(byCode[rows[i].Code], i)
	}
	// A reference prefers the region's own scheme and else takes the only region of that code.
	resolve := func(i int, field, code string) int {
		if j, ok := byKey[rows[i].Scheme+":"+code]; ok {
			return j
		}
		if found := byCode[code]; len(found) == 1 {
			return found[0]
		}
		if j, ok := byKey[code]; ok {
			return j
		}
		report(Problem{Table: "regions", Row: i, Field: field, Message: fmt.Sprintf("region %q does not exist", code)})
		return -1
	}
	children := make([][]int, len(rows))
	successors := make([]int, len(rows))
	var roots []int
	for i := range rows {
		successors[i] = -1
		if rows[i].Successor != "" {
			successors[i] = resolve(i, "successor", rows[i].Successor)
		}
		if rows[i].Parent == "" {
			roots = append(roots, i)
			continue
		}
		parent := resolve(i, "parent", rows[i].Parent)
		if parent < 0 {
			continue
		}
		if rows[parent].Level >= rows[i].Level {
			report(Problem{
				Table: "regions", Row: i, Field: "parent",
				Message: fmt.Sprintf("a %s cannot lie inside a %s", rows[i].Level, rows[parent].Level),
			})
			continue
		}
		children[parent] = append(children[parent], i)
	}

	for i := range rows {
		// Whoever goes from successor to successor must arrive; a circle of them would be left by none.
		for j, steps := successors[i], 0; j >= 0 && steps < len(rows); j, steps = successors[j], steps+1 {
			if j == i {
				report(Problem{Table: "regions", Row: i, Field: "successor", Message: fmt.Sprintf("region %q succeeds itself", rows[i].Code)})
				break
			}
		}
	}

	c.regions = make([]Region, 0, len(rows))
	placed := make([]*Region, len(rows))
	var place func(i int, parent *Region)
	place = func(i int, parent *Region) {
		id := len(c.regions)
		c.regions = append(c.regions, Region{Region: rows[i], ID: int32(id), Parent: parent})
		r := &c.regions[id]
		placed[i] = r
		for _, child := range children[i] {
			place(child, r)
			r.Children = append(r.Children, placed[child])
		}
		r.End = int32(len(c.regions))
	}
	for _, root := range roots {
		place(root, nil)
	}
	c.regionsByCode = make(map[string][]*Region, 2*len(rows))
	for i, r := range placed {
		if r == nil {
			continue // its parent is a problem already reported: levels strictly descend, so there are no cycles
		}
		if successors[i] >= 0 && placed[successors[i]] != nil {
			r.Successor = placed[successors[i]]
			r.Successor.Predecessors = append(r.Successor.Predecessors, r)
		}
		c.regionsByCode[r.Code] = append(c.regionsByCode[r.Code], r)
		c.regionsByCode[r.QualifiedCode()] = append(c.regionsByCode[r.QualifiedCode()], r)
	}
}
