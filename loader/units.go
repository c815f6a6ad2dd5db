package loader

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/countyql/countyql/catalog"
	"github.com/countyql/countyql/indicator"
)

// The units whose scale a ratio takes over.
const (
	unitPercent  = "%"
	unitPerMille = "‰"
)

// converter turns values of one unit into another of the same quantity. It is not safe for concurrent use.
type converter struct {
	units   map[string]*indicator.Unit // by code
	words   map[string]*indicator.Unit // by name, in either language
	factors map[[2]string]*big.Rat
}

func newConverter(c *catalog.Catalog) *converter {
	conv := &converter{
		units:   make(map[string]*indicator.Unit),
		words:   make(map[string]*indicator.Unit),
		factors: make(map[[2]string]*big.Rat),
	}
	units := c.Tables().Units
	for i := range units {
		u := &units[i]
		conv.units[u.Code] = u
		for _, name := range []string{u.NameZh, u.NameEn} {
			if name != "" && conv.words[fold(name)] == nil {
				conv.words[fold(name)] = u
			}
		}
	}
	return conv
}

// word finds the unit a printed unit word stands for: by its usual code, or by a unit's name.
func (c *converter) word(word string) (*indicator.Unit, bool) {
	for _, e := range unitWords {
		if e.word == word {
			if u := c.units[e.meaning]; u != nil {
				return u, true
			}
		}
	}
	u := c.words[word]
	return u, u != nil
}

// convert returns a value in another unit. The arithmetic is decimal, so that 4.35 of 万元 is 43,500 元 exactly.
func (c *converter) convert(value float64, from, to *indicator.Unit) (float64, error) {
	if from.Code == to.Code {
		return value, nil
	}
	if from.Quantity != to.Quantity {
		return 0, fmt.Errorf("unit %s measures %s, and %s measures %s", quote(from.Code), from.Quantity, quote(to.Code), to.Quantity)
	}
	key := [2]string{from.Code, to.Code}
	factor := c.factors[key]
	if factor == nil {
		factor = new(big.Rat).Quo(decimal(from.Factor), decimal(to.Factor))
		c.factors[key] = factor
	}
	converted, _ := new(big.Rat).Mul(decimal(value), factor).Float64()
	if err := withinBounds(converted, value == 0); err != nil {
		return 0, fmt.Errorf("%s %s %w in %s", formatNumber(value), from.Code, err, to.Code)
	}
	return converted, nil
}

// decimal is the shortest decimal number that is read as the value: what a person wrote. The value is finite.
func decimal(value float64) *big.Rat {
	exact, _ := new(big.Rat).SetString(strconv.FormatFloat(value, 'g', -1, 64))
	return exact
}
