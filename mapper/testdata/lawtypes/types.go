// Package lawtypes has random struct types, which the tests of package mapper have drawn, and the
// methods that aerosql gen has written for them.
package lawtypes

import (
	"database/sql"
	"math/big"
	"net/netip"
	"reflect"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

//go:generate go run ../../../cmd/aerosql gen

// Named types of basic kinds.
type (
	Level int8
	Name  string
	Flag  bool
	Data  []byte
	Ratio float64
	Port  uint16
	Addr  [4]byte
)

// All has the types.
var All = []reflect.Type{
	reflect.TypeFor[T01](),
	reflect.TypeFor[T02](),
	reflect.TypeFor[T03](),
	reflect.TypeFor[T04](),
	reflect.TypeFor[T05](),
	reflect.TypeFor[T06](),
	reflect.TypeFor[T07](),
	reflect.TypeFor[T08](),
	reflect.TypeFor[T09](),
	reflect.TypeFor[T10](),
	reflect.TypeFor[T11](),
	reflect.TypeFor[T12](),
	reflect.TypeFor[T13](),
	reflect.TypeFor[T14](),
	reflect.TypeFor[T15](),
	reflect.TypeFor[T16](),
	reflect.TypeFor[T17](),
	reflect.TypeFor[T18](),
	reflect.TypeFor[T19](),
	reflect.TypeFor[T20](),
	reflect.TypeFor[T21](),
	reflect.TypeFor[T22](),
	reflect.TypeFor[T23](),
	reflect.TypeFor[T24](),
	reflect.TypeFor[T25](),
	reflect.TypeFor[T26](),
	reflect.TypeFor[T27](),
	reflect.TypeFor[T28](),
	reflect.TypeFor[T29](),
	reflect.TypeFor[T30](),
	reflect.TypeFor[T31](),
	reflect.TypeFor[T32](),
	reflect.TypeFor[T33](),
	reflect.TypeFor[T34](),
	reflect.TypeFor[T35](),
	reflect.TypeFor[T36](),
	reflect.TypeFor[T37](),
	reflect.TypeFor[T38](),
	reflect.TypeFor[T39](),
	reflect.TypeFor[T40](),
	reflect.TypeFor[T41](),
	reflect.TypeFor[T42](),
	reflect.TypeFor[T43](),
	reflect.TypeFor[T44](),
	reflect.TypeFor[T45](),
	reflect.TypeFor[T46](),
	reflect.TypeFor[T47](),
	reflect.TypeFor[T48](),
	reflect.TypeFor[T49](),
	reflect.TypeFor[T50](),
}

type T01 struct {
	FA sql.NullInt64    `as:"a"`
	FB [2]map[int]int16 `as:"b"`
	FC Flag             `as:"c,omitempty"`
	FD uint64           `as:"d,text"`
	FE struct {
		FA [16]uint8      "as:\"a,blob,alias=old_a\""
		FB int32          "as:\"b\""
		FC []uint32       "as:\"c\""
		FD uint64         "as:\"d\""
		FE sql.NullTime   "as:\"e\""
		FF sql.NullString "as:\"f,blob\""
	} `as:"e,omitempty"`
	FF []map[string]interface{} `as:"f"`
}

type T02 struct {
	FA *sql.NullString `as:"a"`
}

type T03 struct {
	FA time.Duration `as:"a"`
	FB *int16        `as:"b"`
	FC time.Duration `as:"c,text,omitempty"`
	FD struct {
		FA uint32   "as:\"a\""
		FB uint64   "as:\"b,alias=old_b\""
		FC [0]uint8 "as:\"c,omitempty\""
		FD uint16   "as:\"d\""
	} `as:"d,omitzero"`
	FE *[0]sql.NullInt64 `as:"e"`
}

type T04 struct {
	FA *big.Int          `as:"a,omitzero"`
	FB Data              `as:"b,json"`
	FC sql.Null[float32] `as:"c,omitempty"`
	FD struct {
		FA int                "as:\"a,alias=old_a\""
		FB int32              "as:\"b\""
		FC map[[4]uint8]int32 "as:\"c\""
		FD protocol.Value     "as:\"d\""
		FE map[uint16]int     "as:\"e,text\""
	} `as:"d"`
	FE uint8 `as:"e"`
}

type T05 struct {
	FA time.Time `as:"a,unix"`
	FB struct {
		FA int8 "as:\"a,text\""
		FB struct {
			FA string "as:\"a,json,omitzero\""
			FB string "as:\"b,json,omitempty\""
			FC uint16 "as:\"c,omitempty\""
		} "as:\"b\""
		FC []uint8 "as:\"c,json\""
	} `as:"b"`
	FC int32 `as:"c"`
}

type T06 struct {
	FA [0]uint16      `as:"a"`
	FB int64          `as:"b,json"`
	FC sql.NullString `as:"c,blob,omitzero"`
	FD struct {
		FA struct {
			FA sql.Null[bool] "as:\"a\""
			FB float64        "as:\"b,alias=old_b\""
			FC sql.Null[bool] "as:\"c,omitempty\""
		} "as:\"a,alias=old_a\""
		FB *big.Int "as:\"b\""
		FC float64  "as:\"c\""
		FD float64  "as:\"d\""
	} `as:"d"`
}

type T07 struct {
	FA Addr  `as:"a,blob,omitzero"`
	FB uint8 `as:"b"`
}

type T08 struct {
	FA [4]uint8 `as:"a,blob"`
	FB struct {
		FA [0]interface{}   "as:\"a,omitzero\""
		FB map[int]*big.Int "as:\"b\""
	} `as:"b"`
}

type T09 struct {
	FA uint64       `as:"a"`
	FB [0]time.Time `as:"b,unix"`
}

type T10 struct {
	FA [1]struct {
		FA [0]uint8     "as:\"a,since=2\""
		FB sql.NullTime "as:\"b,unix\""
		FC int32        "as:\"c,omitzero\""
	} `as:"a,list"`
	FB map[uint16][]*big.Int `as:"b"`
	FC float64               `as:"c"`
}

type T11 struct {
	FA map[netip.Addr]time.Duration `as:"a,text,omitempty"`
}

type T12 struct {
	FA [][0]int64 `as:"a"`
	FB Port       `as:"b,omitzero"`
	FC *uint      `as:"c"`
	FD string     `as:"d,omitzero"`
}

type T13 struct {
	FA *[][]uint8 `as:"a"`
}

type T14 struct {
	FA sql.NullInt64 `as:"a,text,omitzero"`
	FB time.Time     `as:"b"`
	FC uint8         `as:"c"`
}

type T15 struct {
	FA sql.NullTime   `as:"a,omitzero"`
	FB [][4]uint8     `as:"b,omitempty"`
	FC protocol.Value `as:"c"`
	FD uint64         `as:"d"`
}

type T16 struct {
	FA [16]uint8 `as:"a"`
	FB [0]uint8  `as:"b"`
	FC struct {
		FA struct {
			FA sql.NullInt64  "as:\"a,omitzero\""
			FB sql.NullString "as:\"b\""
			FC string         "as:\"c\""
			FD netip.Addr     "as:\"d\""
			FE int32          "as:\"e,omitzero\""
		} "as:\"a\""
		FB sql.NullTime          "as:\"b,unix\""
		FC map[string]netip.Addr "as:\"c,omitzero\""
		FD netip.Addr            "as:\"d,omitempty\""
		FE string                "as:\"e,omitzero\""
	} `as:"c,list"`
	FD struct {
		FA uint8 "as:\"a,omitempty\""
		FB struct {
			FA float64       "as:\"a\""
			FB [0]uint8      "as:\"b\""
			FC time.Duration "as:\"c\""
			FD time.Time     "as:\"d,unixnano,omitempty\""
			FE int16         "as:\"e\""
		} "as:\"b\""
		FC uint32           "as:\"c\""
		FD [0]sql.NullInt64 "as:\"d\""
		FE *int8            "as:\"e,text\""
	} `as:"d"`
}

type T17 struct {
	FA sql.Null[bool]    `as:"a,omitempty"`
	FB int               `as:"b,text"`
	FC Addr              `as:"c,omitzero"`
	FD sql.Null[float32] `as:"d"`
	FE struct {
		FA *big.Int             "as:\"a\""
		FB map[[4]uint8][]uint8 "as:\"b,blob,alias=old_b\""
		FC [4]uint8             "as:\"c,blob\""
		FD []uint8              "as:\"d,omitempty\""
		FE *uint                "as:\"e\""
	} `as:"e,omitzero"`
}

type T18 struct {
	FA [16]uint8       `as:"a,blob"`
	FB [0]sql.NullTime `as:"b"`
}

type T19 struct {
	FA uint16         `as:"a"`
	FB uint8          `as:"b,text,omitempty"`
	FC [2]*netip.Addr `as:"c,omitzero"`
}

type T20 struct {
	FA struct {
		FA struct {
			FA   [4]uint8               "as:\"a,omitzero\""
			FB   uint16                 "as:\"b\""
			FC   *big.Int               "as:\"c\""
			FD   float64                "as:\"d\""
			More map[string]interface{} "as:\",rest\""
		} "as:\"a\""
		FB *float32 "as:\"b,alias=old_b\""
		FC int      "as:\"c,text,omitzero\""
		FD struct {
			FA sql.NullString    "as:\"a\""
			FB float32           "as:\"b,omitempty\""
			FC uint64            "as:\"c,blob\""
			FD sql.Null[float32] "as:\"d,since=2\""
		} "as:\"d,omitzero\""
		FE sql.Null[float32] "as:\"e\""
		FF interface{}       "as:\"f,omitempty\""
	} `as:"a,list"`
	FB uint32        `as:"b"`
	FC []int64       `as:"c,json"`
	FD time.Duration `as:"d"`
	FE struct {
		FA   sql.Null[bool]         "as:\"a\""
		FB   [0]netip.Addr          "as:\"b\""
		More map[string]interface{} "as:\",rest\""
	} `as:"e,omitzero"`
	FF []int64 `as:"f,omitzero"`
}

type T21 struct {
	FA int16 `as:"a"`
	FB struct {
		FA *big.Int "as:\"a\""
		FB struct {
			FA [16]uint8     "as:\"a,blob\""
			FB sql.NullInt64 "as:\"b,text\""
			FC int16         "as:\"c\""
			FD []uint8       "as:\"d,alias=old_d\""
		} "as:\"b,omitzero\""
	} `as:"b,omitempty"`
	FC bool `as:"c,bool=int"`
}

type T22 struct {
	FA sql.Null[bool]         `as:"a,bool=native"`
	FB []netip.Addr           `as:"b"`
	FC []uint8                `as:"c,omitempty"`
	FD map[uint16]float64     `as:"d"`
	FE map[bool]time.Duration `as:"e,text,omitempty"`
}

type T23 struct {
	FA *big.Int `as:"a"`
	FB int8     `as:"b"`
	FC Name     `as:"c"`
}

type T24 struct {
	FA netip.Addr   `as:"a"`
	FB netip.Addr   `as:"b,omitempty"`
	FC sql.NullTime `as:"c,unix"`
	FD Port         `as:"d"`
}

type T25 struct {
	FA float64            `as:"a,json"`
	FB uint               `as:"b,omitempty"`
	FC map[[4]uint8][]int `as:"c,omitzero"`
	FD sql.NullInt64      `as:"d"`
	FE interface{}        `as:"e,omitempty"`
}

type T26 struct {
	FA struct {
		FA sql.Null[float32] "as:\"a,omitzero\""
	} `as:"a,omitzero"`
	FB [0]uint8 `as:"b"`
	FC struct {
		FA   netip.Addr             "as:\"a,alias=old_a\""
		More map[string]interface{} "as:\",rest\""
	} `as:"c,omitzero"`
	FD [4]uint8 `as:"d,blob"`
}

type T27 struct {
	FA sql.Null[bool] `as:"a,bool=native"`
	FB [1]uint32      `as:"b"`
	FC Name           `as:"c,omitempty"`
	FD struct {
		FA protocol.Value "as:\"a,alias=old_a\""
		FB time.Time      "as:\"b,omitempty\""
		FC int32          "as:\"c\""
	} `as:"d"`
	FE Flag `as:"e,omitzero"`
}

type T28 struct {
	FA uint8 `as:"a,text"`
}

type T29 struct {
	FA *struct {
		FA int      "as:\"a\""
		FB [4]uint8 "as:\"b,omitzero\""
	} `as:"a"`
}

type T30 struct {
	FA uint64   `as:"a"`
	FB [0]uint8 `as:"b"`
	FC int      `as:"c,text"`
}

type T31 struct {
	FA time.Time `as:"a"`
	FB time.Time `as:"b,omitzero"`
}

type T32 struct {
	FA Addr `as:"a"`
	FB bool `as:"b,omitempty"`
}

type T33 struct {
	FA Addr       `as:"a"`
	FB uint       `as:"b"`
	FC netip.Addr `as:"c"`
	FD *big.Int   `as:"d"`
	FE [16]uint8  `as:"e"`
	FF uint       `as:"f"`
}

type T34 struct {
	FA sql.Null[float32] `as:"a,omitzero"`
	FB map[string][]uint `as:"b,omitempty"`
	FC uint8             `as:"c,text,omitempty"`
	FD sql.NullString    `as:"d"`
	FE struct {
		FA struct {
			FA   bool                   "as:\"a\""
			More map[string]interface{} "as:\",rest\""
		} "as:\"a\""
	} `as:"e,list"`
	FF float32 `as:"f"`
}

type T35 struct {
	FA uint `as:"a,omitzero"`
}

type T36 struct {
	FA sql.NullInt64 `as:"a,omitzero"`
	FB sql.NullTime  `as:"b,omitempty"`
}

type T37 struct {
	FA string         `as:"a"`
	FB protocol.Value `as:"b"`
	FC interface{}    `as:"c"`
	FD struct {
		FA *uint "as:\"a,since=2\""
	} `as:"d"`
	FE struct {
		FA map[bool][4]uint8 "as:\"a\""
		FB []uint8           "as:\"b,omitzero\""
		FC *big.Int          "as:\"c,omitzero\""
	} `as:"e,list"`
}

type T38 struct {
	FA map[bool][0]string `as:"a,blob"`
}

type T39 struct {
	FA sql.Null[bool] `as:"a"`
}

type T40 struct {
	FA *[16]uint8 `as:"a"`
	FB Level      `as:"b"`
	FC struct {
		FA   uint32                 "as:\"a,alias=old_a\""
		More map[string]interface{} "as:\",rest\""
	} `as:"c"`
}

type T41 struct {
	FA struct {
		FA *big.Int "as:\"a,alias=old_a\""
		FB struct {
			FA sql.Null[bool] "as:\"a,bool=native,since=2\""
			FB uint64         "as:\"b,blob\""
		} "as:\"b,list\""
		FC int32 "as:\"c\""
	} `as:"a"`
}

type T42 struct {
	FA uint               `as:"a"`
	FB *sql.Null[float32] `as:"b"`
	FC struct {
		FA time.Time "as:\"a,unix\""
	} `as:"c"`
	FD [0]uint8 `as:"d"`
	FE int16    `as:"e"`
}

type T43 struct {
	FA sql.NullTime       `as:"a,unix,omitempty"`
	FB [16]uint8          `as:"b,blob,omitempty"`
	FC []uint8            `as:"c"`
	FD *sql.Null[float32] `as:"d"`
	FE *[2]*big.Int       `as:"e"`
	FF map[[4]uint8]int   `as:"f"`
}

type T44 struct {
	FA uint8                   `as:"a,text"`
	FB map[uint16]sql.NullTime `as:"b"`
	FC sql.Null[bool]          `as:"c,omitzero"`
	FD Data                    `as:"d"`
	FE int32                   `as:"e"`
	FF Data                    `as:"f,blob"`
}

type T45 struct {
	FA Level      `as:"a,text"`
	FB netip.Addr `as:"b"`
	FC int        `as:"c"`
	FD *big.Int   `as:"d"`
	FE []uint64   `as:"e,blob"`
}

type T46 struct {
	FA Name    `as:"a,json,omitzero"`
	FB *int    `as:"b,text"`
	FC int16   `as:"c"`
	FD []int16 `as:"d"`
	FE float32 `as:"e"`
}

type T47 struct {
	FA float64 `as:"a,json"`
	FB uint8   `as:"b,text"`
}

type T48 struct {
	FA [0]struct {
		FA int32         "as:\"a\""
		FB time.Duration "as:\"b,omitempty\""
		FC uint          "as:\"c\""
	} `as:"a,omitempty"`
	FB Ratio `as:"b,json"`
	FC struct {
		FA uint   "as:\"a,since=2\""
		FB uint32 "as:\"b,omitzero\""
		FC int8   "as:\"c\""
		FD struct {
			FA sql.NullInt64 "as:\"a,text\""
			FB [16]uint8     "as:\"b,blob,alias=old_b\""
			FC *big.Int      "as:\"c,alias=old_c\""
			FD string        "as:\"d,blob,omitempty\""
			FE []uint8       "as:\"e\""
		} "as:\"d,omitzero\""
		FE int8 "as:\"e,text\""
	} `as:"c,list"`
}

type T49 struct {
	FA sql.NullInt64    `as:"a"`
	FB map[int][0]uint8 `as:"b"`
	FC string           `as:"c"`
	FD string           `as:"d"`
	FE int16            `as:"e"`
}

type T50 struct {
	FA float64    `as:"a"`
	FB bool       `as:"b,bool=native"`
	FC *[]float32 `as:"c,omitempty"`
	FD struct {
		FA map[netip.Addr]int "as:\"a\""
		FB uint32             "as:\"b,since=2\""
		FC int                "as:\"c,since=2\""
	} `as:"d"`
}
