package tabular

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// valueText writes a value that is not null as text; false if it has none, as NaN.
type valueText func(parquet.Value) (string, bool)

// quickText is a way of writing values as text that needs no valueText.
type quickText int8

const (
	noQuickText quickText = iota
	quickBytes            // byte arrays as they are
	quickWhole            // signed integers
	quickDouble
)

// quickTextOf says which of the quick ways does what the column's valueText does.
func quickTextOf(e *format.SchemaElement) quickText {
	if _, meant, _ := meaningOf(e); meant {
		return noQuickText
	}
	switch e.Type.V {
	case format.ByteArray:
		return quickBytes
	case format.Int32, format.Int64:
		return quickWhole
	case format.Double:
		return quickDouble
	}
	return noQuickText
}

// textOf says how a column's values are written as text; false if they are not.
func textOf(e *format.SchemaElement) (valueText, bool) {
	if text, meant, ok := meaningOf(e); meant {
		return text, ok
	}
	return physicalText(e.Type.V)
}

// meaningOf says how values are written whose physical type is not all that they mean; meant is false of others.
func meaningOf(e *format.SchemaElement) (text valueText, meant, ok bool) {
	switch logical := e.LogicalType.Value.(type) {
	case *format.DecimalType:
		return decimalText(logical.Scale), true, true
	case *format.DateType:
		return dateText, true, true
	case *format.TimestampType:
		return timestampText(logical.Unit.Value.Duration()), true, true
	case *format.TimeType:
		return timeText(logical.Unit.Value.Duration()), true, true
	case *format.IntType:
		if !logical.IsSigned {
			return unsignedText, true, true
		}
	case *format.UUIDType:
		return uuidText, true, true
	case nil, *format.StringType, *format.EnumType, *format.JsonType, *format.NullType:
	default:
		return nil, true, false
	}
	if e.LogicalType.Value == nil && e.ConvertedType.Valid {
		// Older files say what columns mean in this way only.
		switch e.ConvertedType.V {
		case deprecated.Decimal:
			return decimalText(e.Scale.V), true, true
		case deprecated.Date:
			return dateText, true, true
		case deprecated.TimestampMillis:
			return timestampText(time.Millisecond), true, true
		case deprecated.TimestampMicros:
			return timestampText(time.Microsecond), true, true
		case deprecated.TimeMillis:
			return timeText(time.Millisecond), true, true
		case deprecated.TimeMicros:
			return timeText(time.Microsecond), true, true
		case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
			return unsignedText, true, true
		case deprecated.Bson, deprecated.Interval:
			return nil, true, false
		}
	}
	return nil, false, false
}

func typeName(e *format.SchemaElement) string {
	if e.LogicalType.Value != nil {
		return e.LogicalType.String()
	}
	if e.ConvertedType.Valid {
		return fmt.Sprintf("converted type %d", e.ConvertedType.V)
	}
	return e.Type.V.String()
}

// physicalText writes values of a type that has no other meaning.
func physicalText(t format.Type) (valueText, bool) {
	switch t {
	case format.Boolean:
		return func(v parquet.Value) (string, bool) { return strconv.FormatBool(v.Boolean()), true }, true
	case format.Int32, format.Int64:
		return func(v parquet.Value) (string, bool) { return strconv.FormatInt(whole(v), 10), true }, true
	case format.Int96:
		return oldTimestampText, true
	case format.Float:
		return func(v parquet.Value) (string, bool) { return numberText(float64(v.Float()), 32) }, true
	case format.Double:
		return func(v parquet.Value) (string, bool) { return numberText(v.Double(), 64) }, true
	case format.ByteArray:
		return func(v parquet.Value) (string, bool) { return string(v.ByteArray()), true }, true
	}
	return nil, false
}

// numberText writes a number in plain notation, with as many digits as it takes to read the same number again.
func numberText(value float64, bits int) (string, bool) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return "", false
	}
	return strconv.FormatFloat(value, 'f', -1, bits), true
}

func whole(v parquet.Value) int64 {
	if v.Kind() == parquet.Int32 {
		return int64(v.Int32())
	}
	return v.Int64()
}

func unsignedText(v parquet.Value) (string, bool) {
	if v.Kind() == parquet.Int32 {
		return strconv.FormatUint(uint64(v.Uint32()), 10), true
	}
	return strconv.FormatUint(v.Uint64(), 10), true
}

func dateText(v parquet.Value) (string, bool) {
	return instantText(time.Unix(whole(v)*24*60*60, 0))
}

// instantText writes a time as a date, with the time of the day unless that is midnight. Years beyond four digits are none.
func instantText(t time.Time) (string, bool) {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return "", false
	}
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		return t.Format(time.DateOnly), true
	}
	return t.Format("2006-01-02T15:04:05.999999999"), true
}

func timestampText(unit time.Duration) valueText {
	perSecond := int64(time.Second / unit)
	return func(v parquet.Value) (string, bool) {
		n := v.Int64()
		return instantText(time.Unix(n/perSecond, n%perSecond*int64(unit)))
	}
}

func timeText(unit time.Duration) valueText {
	return func(v parquet.Value) (string, bool) {
		return time.Unix(0, 0).UTC().Add(time.Duration(whole(v)) * unit).Format("15:04:05.999999999"), true
	}
}

// oldTimestampText writes a day of the Julian calendar and the nanoseconds in it, as Impala and Spark wrote times.
func oldTimestampText(v parquet.Value) (string, bool) {
	const unixEpoch = 2440588 // as a Julian day
	n := v.Int96()
	nanoseconds := int64(n[1])<<32 | int64(n[0])
	return instantText(time.Unix((int64(n[2])-unixEpoch)*24*60*60, nanoseconds))
}

func decimalText(scale int32) valueText {
	return func(v parquet.Value) (string, bool) {
		unscaled := new(big.Int)
		switch v.Kind() {
		case parquet.Int32, parquet.Int64:
			unscaled.SetInt64(whole(v))
		default:
			digits := v.ByteArray()
			unscaled.SetBytes(digits)
			if len(digits) > 0 && digits[0] >= 0x80 { // negative, in two's complement
				unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(8*len(digits))))
			}
		}
		if scale < 0 || scale > 1000 {
			return "", false
		}
		text := new(big.Int).Abs(unscaled).String()
		for len(text) <= int(scale) {
			text = "0" + text
		}
		if scale > 0 {
			text = text[:len(text)-int(scale)] + "." + text[len(text)-int(scale):]
		}
		if unscaled.Sign() < 0 {
			text = "-" + text
		}
		return text, true
	}
}

func uuidText(v parquet.Value) (string, bool) {
	b := v.ByteArray()
	if len(b) != 16 {
		return "", false
	}
	text := make([]byte, 36)
	hex.Encode(text, b[:4])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	hex.Encode(text[9:], b[4:6])
	hex.Encode(text[14:], b[6:8])
	hex.Encode(text[19:], b[8:10])
	hex.Encode(text[24:], b[10:])
	return string(text), true
}
