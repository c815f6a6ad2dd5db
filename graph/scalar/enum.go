package scalar

import (
	"github.com/99designs/gqlgen/graphql"

	"github.com/countyql/countyql/indicator"
	"github.com/countyql/countyql/query"
)

// MarshalRegionLevel writes a level.
func MarshalRegionLevel(l indicator.Level) graphql.Marshaler { return text(l.String()) }

// UnmarshalRegionLevel reads a level.
func UnmarshalRegionLevel(v any) (indicator.Level, error) {
	return read(v, "region level", indicator.ParseLevel)
}

// MarshalIndicatorKind writes a kind.
func MarshalIndicatorKind(k indicator.Kind) graphql.Marshaler { return text(k.String()) }

// UnmarshalIndicatorKind reads a kind.
func UnmarshalIndicatorKind(v any) (indicator.Kind, error) {
	return read(v, "kind", indicator.ParseKind)
}

// MarshalPolarity writes a polarity.
func MarshalPolarity(p indicator.Polarity) graphql.Marshaler { return text(p.String()) }

// UnmarshalPolarity reads a polarity.
func UnmarshalPolarity(v any) (indicator.Polarity, error) {
	return read(v, "polarity", indicator.ParsePolarity)
}

// MarshalRollupRule writes a rollup rule.
func MarshalRollupRule(r indicator.Rule) graphql.Marshaler { return text(r.String()) }

// UnmarshalRollupRule reads a rollup rule.
func UnmarshalRollupRule(v any) (indicator.Rule, error) {
	return read(v, "rollup rule", indicator.ParseRule)
}

// MarshalGrain writes a grain, Irregular as null.
func MarshalGrain(g indicator.Grain) graphql.Marshaler {
	if g == indicator.Irregular {
		return graphql.Null
	}
	return text(g.String())
}

// UnmarshalGrain reads a grain.
func UnmarshalGrain(v any) (indicator.Grain, error) { return read(v, "grain", indicator.ParseGrain) }

// MarshalObservationStatus writes a status.
func MarshalObservationStatus(s indicator.Status) graphql.Marshaler { return text(s.String()) }

// UnmarshalObservationStatus reads a status.
func UnmarshalObservationStatus(v any) (indicator.Status, error) {
	return read(v, "status", indicator.ParseStatus)
}

// MarshalPrecision writes a precision.
func MarshalPrecision(p indicator.Precision) graphql.Marshaler { return text(p.String()) }

// UnmarshalPrecision reads a precision.
func UnmarshalPrecision(v any) (indicator.Precision, error) {
	return read(v, "precision", indicator.ParsePrecision)
}

// MarshalMissingReason writes a reason, NotMissing as null.
func MarshalMissingReason(m indicator.Missing) graphql.Marshaler {
	if m == indicator.NotMissing {
		return graphql.Null
	}
	return text(m.String())
}

// UnmarshalMissingReason reads a reason.
func UnmarshalMissingReason(v any) (indicator.Missing, error) {
	return read(v, "missing reason", indicator.ParseMissing)
}

// MarshalSeverity writes a severity.
func MarshalSeverity(s indicator.Severity) graphql.Marshaler { return text(s.String()) }

// UnmarshalSeverity reads a severity.
func UnmarshalSeverity(v any) (indicator.Severity, error) {
	return read(v, "severity", indicator.ParseSeverity)
}

// MarshalCheckStatus writes the outcome of a check.
func MarshalCheckStatus(s indicator.CheckStatus) graphql.Marshaler { return text(s.String()) }

// UnmarshalCheckStatus reads the outcome of a check.
func UnmarshalCheckStatus(v any) (indicator.CheckStatus, error) {
	return read(v, "check status", indicator.ParseCheckStatus)
}

var standings = map[query.Standing]string{
	query.Better: query.Better.String(), query.Similar: query.Similar.String(), query.Worse: query.Worse.String(),
}

// MarshalStanding writes a standing, NoStanding as null.
func MarshalStanding(s query.Standing) graphql.Marshaler { return named(standings, s) }

// UnmarshalStanding reads a standing.
func UnmarshalStanding(v any) (query.Standing, error) { return readNamed(v, "standing", standings) }

var correlationMethods = map[query.CorrelationMethod]string{query.Pearson: "PEARSON", query.Spearman: "SPEARMAN"}

// MarshalCorrelationMethod writes a method.
func MarshalCorrelationMethod(m query.CorrelationMethod) graphql.Marshaler {
	return named(correlationMethods, m)
}

// UnmarshalCorrelationMethod reads a method.
func UnmarshalCorrelationMethod(v any) (query.CorrelationMethod, error) {
	return readNamed(v, "correlation method", correlationMethods)
}

var undefinedReasons = map[query.Undefined]string{query.TooFewPoints: "TOO_FEW_POINTS", query.ZeroVariance: "ZERO_VARIANCE"}

// MarshalUndefinedReason writes a reason, NotUndefined as null.
func MarshalUndefinedReason(u query.Undefined) graphql.Marshaler { return named(undefinedReasons, u) }

// UnmarshalUndefinedReason reads a reason.
func UnmarshalUndefinedReason(v any) (query.Undefined, error) {
	return readNamed(v, "reason", undefinedReasons)
}

var binRules = map[query.BinRule]string{
	query.BinsAsked: "ASKED", query.FreedmanDiaconis: "FREEDMAN_DIACONIS", query.Sturges: "STURGES", query.OneBin: "ONE_BIN",
}

// MarshalBinRule writes a rule.
func MarshalBinRule(r query.BinRule) graphql.Marshaler { return named(binRules, r) }

// UnmarshalBinRule reads a rule.
func UnmarshalBinRule(v any) (query.BinRule, error) { return readNamed(v, "rule of bins", binRules) }

// named writes the name of a value, null for one without.
func named[T comparable](names map[T]string, value T) graphql.Marshaler {
	if name, ok := names[value]; ok {
		return text(name)
	}
	return graphql.Null
}

func readNamed[T comparable](v any, what string, names map[T]string) (T, error) {
	return read(v, what, func(name string) (T, error) {
		for value, known := range names {
			if known == name {
				return value, nil
			}
		}
		var none T
		return none, indicator.Errorf(indicator.InvalidInput, "%q is not a %s", name, what)
	})
}

var changeKinds = map[query.ChangeKind]string{query.Added: "ADDED", query.Revised: "REVISED", query.Withdrawn: "WITHDRAWN"}

// MarshalChangeKind writes a kind of change.
func MarshalChangeKind(k query.ChangeKind) graphql.Marshaler { return text(changeKinds[k]) }

// UnmarshalChangeKind reads a kind of change.
func UnmarshalChangeKind(v any) (query.ChangeKind, error) {
	return read(v, "change kind", func(name string) (query.ChangeKind, error) {
		for k, known := range changeKinds {
			if known == name {
				return k, nil
			}
		}
		return query.Added, indicator.Errorf(indicator.InvalidInput, "%q is not a kind of change", name)
	})
}
