package integration

import (
	"testing"
	"time"
)

// officialTypes hold the law L6 for random struct types.
var officialTypes = []func(*testing.T, *officialRun){
	holdsOfficial[o00],
	holdsOfficial[o01],
	holdsOfficial[o02],
	holdsOfficial[o03],
	holdsOfficial[o04],
	holdsOfficial[o05],
	holdsOfficial[o06],
	holdsOfficial[o07],
	holdsOfficial[o08],
	holdsOfficial[o09],
	holdsOfficial[o10],
	holdsOfficial[o11],
	holdsOfficial[o12],
	holdsOfficial[o13],
	holdsOfficial[o14],
	holdsOfficial[o15],
	holdsOfficial[o16],
	holdsOfficial[o17],
	holdsOfficial[o18],
	holdsOfficial[o19],
	holdsOfficial[o20],
	holdsOfficial[o21],
	holdsOfficial[o22],
	holdsOfficial[o23],
	holdsOfficial[o24],
	holdsOfficial[o25],
	holdsOfficial[o26],
	holdsOfficial[o27],
	holdsOfficial[o28],
	holdsOfficial[o29],
	holdsOfficial[o30],
	holdsOfficial[o31],
	holdsOfficial[o32],
	holdsOfficial[o33],
	holdsOfficial[o34],
	holdsOfficial[o35],
	holdsOfficial[o36],
	holdsOfficial[o37],
	holdsOfficial[o38],
	holdsOfficial[o39],
}

type o00 struct {
	F0 time.Time      "as:\"f0\""
	F1 []float64      "as:\"f1\""
	F2 [3]int         "as:\"f2\""
	F3 [3]int         "as:\"f3\""
	F4 float32        "as:\"f4\""
	F5 string         "as:\"f5\""
	F6 map[int]string "as:\"f6\""
	F7 struct {
		F0 int32          "as:\"f0\""
		F1 map[int]string "as:\"f1\""
		F2 uint64         "as:\"f2\""
		F3 uint16         "as:\"f3\""
		F4 bool           "as:\"f4\""
		F5 bool           "as:\"f5\""
		F6 float32        "as:\"f6\""
		F7 []address      "as:\"f7\""
	} "as:\"f7\""
}

type o01 struct {
	F0 float32 "as:\"f0\""
	F1 []struct {
		F0 int32          "as:\"f0\""
		F1 [16]uint8      "as:\"f1\""
		F2 [16]uint8      "as:\"f2\""
		F3 map[string]int "as:\"f3\""
		F4 int16          "as:\"f4\""
		F5 time.Duration  "as:\"f5\""
		F6 bool           "as:\"f6\""
	} "as:\"f1\""
	F2 bool      "as:\"f2\""
	F3 int       "as:\"f3\""
	F4 *string   "as:\"f4\""
	F5 time.Time "as:\"f5\""
	F6 []uint8   "as:\"f6\""
	F7 struct {
		F0 struct {
			F0 bool     "as:\"f0\""
			F1 nickname "as:\"f1\""
			F2 int16    "as:\"f2\""
			F3 uint32   "as:\"f3\""
		} "as:\"f0\""
		F1 uint64   "as:\"f1\""
		F2 uint64   "as:\"f2\""
		F3 string   "as:\"f3,omitempty\""
		F4 []bool   "as:\"f4\""
		F5 []string "as:\"f5\""
	} "as:\"f7\""
}

type o02 struct {
	F0 struct {
		F0 []uint8        "as:\"f0,omitempty\""
		F1 time.Duration  "as:\"f1\""
		F2 *int           "as:\"f2\""
		F3 map[string]int "as:\"f3\""
		F4 uint64         "as:\"f4\""
	} "as:\"f0\""
	F1 struct {
		F0 *int      "as:\"f0\""
		F1 time.Time "as:\"f1\""
		F2 []float64 "as:\"f2\""
		F3 bool      "as:\"f3\""
		F4 *string   "as:\"f4\""
	} "as:\"f1\""
}

type o03 struct {
	F0 map[int]string "as:\"f0\""
	F1 float64        "as:\"f1\""
}

type o04 struct {
	F0 []address "as:\"f0\""
	F1 uint8     "as:\"f1\""
	F2 uint8     "as:\"f2\""
	F3 []float64 "as:\"f3\""
	F4 []string  "as:\"f4\""
	F5 int8      "as:\"f5\""
	F6 int16     "as:\"f6\""
}

type o05 struct {
	F0 int  "as:\"f0\""
	F1 int8 "as:\"f1\""
	F2 struct {
		F0 map[int]string "as:\"f0\""
		F1 int8           "as:\"f1\""
	} "as:\"f2\""
	F3 [][]int "as:\"f3,omitempty\""
	F4 uint64  "as:\"f4\""
	F5 int8    "as:\"f5\""
}

type o06 struct {
	F0 int      "as:\"f0\""
	F1 uint32   "as:\"f1\""
	F2 []string "as:\"f2\""
	F3 string   "as:\"f3\""
}

type o07 struct {
	F0 map[string]int "as:\"f0\""
	F1 [][]int        "as:\"f1\""
}

type o08 struct {
	F0 uint8   "as:\"f0\""
	F1 string  "as:\"f1\""
	F2 float64 "as:\"f2\""
	F3 int16   "as:\"f3\""
	F4 *string "as:\"f4\""
}

type o09 struct {
	F0 float32        "as:\"f0\""
	F1 map[string]int "as:\"f1\""
	F2 shade          "as:\"f2\""
	F3 int32          "as:\"f3\""
}

type o10 struct {
	F0 map[int]string "as:\"f0\""
	F1 []address      "as:\"f1,omitempty\""
	F2 []uint8        "as:\"f2,omitempty\""
}

type o11 struct {
	F0 time.Time "as:\"f0\""
	F1 [16]uint8 "as:\"f1\""
	F2 int       "as:\"f2\""
	F3 int64     "as:\"f3\""
	F4 string    "as:\"f4,omitempty\""
	F5 []int     "as:\"f5\""
}

type o12 struct {
	F0 []int    "as:\"f0\""
	F1 nickname "as:\"f1\""
}

type o13 struct {
	F0 []float64 "as:\"f0\""
	F1 int8      "as:\"f1\""
	F2 int64     "as:\"f2\""
}

type o14 struct {
	F0 *string "as:\"f0\""
	F1 int8    "as:\"f1\""
	F2 uint16  "as:\"f2\""
}

type o15 struct {
	F0 struct {
		F0 []address          "as:\"f0,omitempty\""
		F1 int64              "as:\"f1\""
		F2 []uint8            "as:\"f2\""
		F3 *int               "as:\"f3\""
		F4 int                "as:\"f4\""
		F5 []uint8            "as:\"f5\""
		F6 []bool             "as:\"f6\""
		F7 map[string]address "as:\"f7\""
	} "as:\"f0\""
	F1 struct {
		F0 [][]int            "as:\"f0\""
		F1 map[string]address "as:\"f1\""
		F2 []uint8            "as:\"f2\""
		F3 []string           "as:\"f3,omitempty\""
		F4 [3]int             "as:\"f4\""
		F5 uint64             "as:\"f5\""
		F6 []address          "as:\"f6\""
		F7 map[string]int     "as:\"f7\""
	} "as:\"f1\""
	F2 int32    "as:\"f2\""
	F3 []string "as:\"f3\""
	F4 *string  "as:\"f4\""
	F5 int8     "as:\"f5\""
}

type o16 struct {
	F0 int32          "as:\"f0\""
	F1 float64        "as:\"f1\""
	F2 map[string]int "as:\"f2\""
	F3 []bool         "as:\"f3\""
}

type o17 struct {
	F0 uint8   "as:\"f0\""
	F1 *string "as:\"f1\""
	F2 []struct {
		F0 []int              "as:\"f0\""
		F1 float64            "as:\"f1\""
		F2 time.Time          "as:\"f2\""
		F3 bool               "as:\"f3\""
		F4 map[string]address "as:\"f4\""
	} "as:\"f2,omitempty\""
	F3 []float64 "as:\"f3,omitempty\""
	F4 nickname  "as:\"f4\""
	F5 float64   "as:\"f5\""
	F6 [][]int   "as:\"f6\""
}

type o18 struct {
	F0 nickname "as:\"f0,omitempty\""
	F1 int      "as:\"f1\""
	F2 struct {
		F0 bool           "as:\"f0\""
		F1 *address       "as:\"f1\""
		F2 shade          "as:\"f2\""
		F3 map[string]int "as:\"f3\""
		F4 address        "as:\"f4\""
		F5 map[string]int "as:\"f5\""
		F6 *int           "as:\"f6\""
	} "as:\"f2\""
}

type o19 struct {
	F0 [][]int  "as:\"f0\""
	F1 *address "as:\"f1\""
}

type o20 struct {
	F0 float64   "as:\"f0\""
	F1 []address "as:\"f1,omitempty\""
}

type o21 struct {
	F0 uint64  "as:\"f0\""
	F1 []bool  "as:\"f1\""
	F2 float32 "as:\"f2\""
	F3 struct {
		F0 time.Time      "as:\"f0\""
		F1 string         "as:\"f1\""
		F2 map[int]string "as:\"f2\""
		F3 nickname       "as:\"f3\""
		F4 struct {
			F0 shade    "as:\"f0\""
			F1 *address "as:\"f1\""
			F2 shade    "as:\"f2\""
			F3 []uint8  "as:\"f3\""
			F4 uint32   "as:\"f4\""
			F5 float32  "as:\"f5\""
			F6 int32    "as:\"f6\""
			F7 *int     "as:\"f7\""
		} "as:\"f4\""
		F5 []float64 "as:\"f5\""
		F6 int64     "as:\"f6\""
	} "as:\"f3\""
}

type o22 struct {
	F0 []struct {
		F0 int16 "as:\"f0\""
		F1 struct {
			F0 []address "as:\"f0\""
			F1 nickname  "as:\"f1\""
		} "as:\"f1\""
	} "as:\"f0\""
	F1 []string "as:\"f1\""
}

type o23 struct {
	F0 uint8 "as:\"f0\""
	F1 []struct {
		F0 []bool "as:\"f0\""
		F1 struct {
			F0 uint32         "as:\"f0\""
			F1 uint8          "as:\"f1\""
			F2 []float64      "as:\"f2\""
			F3 string         "as:\"f3\""
			F4 string         "as:\"f4,omitempty\""
			F5 uint64         "as:\"f5\""
			F6 nickname       "as:\"f6,omitempty\""
			F7 map[int]string "as:\"f7\""
		} "as:\"f1\""
		F2 []int     "as:\"f2\""
		F3 [3]int    "as:\"f3\""
		F4 time.Time "as:\"f4\""
		F5 string    "as:\"f5\""
	} "as:\"f1\""
	F2 float32        "as:\"f2\""
	F3 time.Time      "as:\"f3\""
	F4 uint32         "as:\"f4\""
	F5 map[int]string "as:\"f5\""
	F6 []address      "as:\"f6,omitempty\""
}

type o24 struct {
	F0 [16]uint8      "as:\"f0\""
	F1 map[string]int "as:\"f1\""
	F2 uint64         "as:\"f2\""
	F3 []struct {
		F0 map[string]int "as:\"f0\""
		F1 nickname       "as:\"f1,omitempty\""
		F2 []uint8        "as:\"f2,omitempty\""
	} "as:\"f3\""
	F4 uint64             "as:\"f4\""
	F5 map[string]address "as:\"f5\""
}

type o25 struct {
	F0 []struct {
		F0 uint8   "as:\"f0\""
		F1 address "as:\"f1\""
		F2 []struct {
			F0 int           "as:\"f0\""
			F1 []bool        "as:\"f1\""
			F2 int16         "as:\"f2\""
			F3 time.Duration "as:\"f3\""
		} "as:\"f2\""
		F3 uint16 "as:\"f3\""
		F4 struct {
			F0 int8    "as:\"f0\""
			F1 int     "as:\"f1\""
			F2 []bool  "as:\"f2,omitempty\""
			F3 float64 "as:\"f3\""
			F4 []uint8 "as:\"f4\""
		} "as:\"f4\""
		F5 float32 "as:\"f5\""
	} "as:\"f0,omitempty\""
	F1 int "as:\"f1\""
	F2 []struct {
		F0 address        "as:\"f0\""
		F1 string         "as:\"f1\""
		F2 uint32         "as:\"f2\""
		F3 int8           "as:\"f3\""
		F4 map[string]int "as:\"f4\""
		F5 string         "as:\"f5\""
		F6 address        "as:\"f6\""
		F7 uint8          "as:\"f7\""
	} "as:\"f2\""
	F3 time.Duration "as:\"f3\""
}

type o26 struct {
	F0 *string  "as:\"f0\""
	F1 *address "as:\"f1\""
	F2 []string "as:\"f2\""
	F3 []int    "as:\"f3\""
	F4 []uint8  "as:\"f4\""
	F5 string   "as:\"f5\""
	F6 nickname "as:\"f6\""
}

type o27 struct {
	F0 []address "as:\"f0\""
	F1 float64   "as:\"f1\""
	F2 int16     "as:\"f2\""
	F3 int64     "as:\"f3\""
}

type o28 struct {
	F0 []float64 "as:\"f0,omitempty\""
	F1 int16     "as:\"f1\""
	F2 int8      "as:\"f2\""
}

type o29 struct {
	F0 string         "as:\"f0\""
	F1 *address       "as:\"f1\""
	F2 map[int]string "as:\"f2\""
}

type o30 struct {
	F0 uint8          "as:\"f0\""
	F1 map[string]int "as:\"f1\""
	F2 []int          "as:\"f2\""
	F3 []struct {
		F0 [16]uint8      "as:\"f0\""
		F1 uint8          "as:\"f1\""
		F2 [][]int        "as:\"f2\""
		F3 map[string]int "as:\"f3\""
		F4 uint64         "as:\"f4\""
	} "as:\"f3\""
	F4 struct {
		F0 float32            "as:\"f0\""
		F1 []string           "as:\"f1,omitempty\""
		F2 time.Time          "as:\"f2\""
		F3 shade              "as:\"f3\""
		F4 map[string]address "as:\"f4\""
		F5 shade              "as:\"f5\""
		F6 struct {
			F0 []float64     "as:\"f0\""
			F1 []bool        "as:\"f1\""
			F2 time.Duration "as:\"f2\""
			F3 []int         "as:\"f3\""
			F4 string        "as:\"f4\""
			F5 time.Time     "as:\"f5\""
			F6 uint32        "as:\"f6\""
			F7 string        "as:\"f7,omitempty\""
		} "as:\"f6\""
		F7 float32 "as:\"f7\""
	} "as:\"f4\""
	F5 map[string]int "as:\"f5\""
	F6 address        "as:\"f6\""
	F7 time.Time      "as:\"f7\""
}

type o31 struct {
	F0 struct {
		F0 string "as:\"f0,omitempty\""
		F1 string "as:\"f1,omitempty\""
		F2 uint64 "as:\"f2\""
		F3 []struct {
			F0 string    "as:\"f0,omitempty\""
			F1 int16     "as:\"f1\""
			F2 []uint8   "as:\"f2\""
			F3 string    "as:\"f3,omitempty\""
			F4 int64     "as:\"f4\""
			F5 address   "as:\"f5\""
			F6 time.Time "as:\"f6\""
			F7 []bool    "as:\"f7\""
		} "as:\"f3,omitempty\""
		F4 time.Time      "as:\"f4\""
		F5 map[int]string "as:\"f5\""
	} "as:\"f0\""
	F1 struct {
		F0 uint8 "as:\"f0\""
		F1 int16 "as:\"f1\""
	} "as:\"f1\""
	F2 time.Duration "as:\"f2\""
	F3 uint8         "as:\"f3\""
	F4 [16]uint8     "as:\"f4\""
	F5 []int         "as:\"f5\""
	F6 *string       "as:\"f6\""
}

type o32 struct {
	F0 time.Duration "as:\"f0\""
	F1 *address      "as:\"f1\""
}

type o33 struct {
	F0 *int           "as:\"f0\""
	F1 []float64      "as:\"f1\""
	F2 int8           "as:\"f2\""
	F3 uint64         "as:\"f3\""
	F4 shade          "as:\"f4\""
	F5 float32        "as:\"f5\""
	F6 bool           "as:\"f6\""
	F7 map[string]int "as:\"f7\""
}

type o34 struct {
	F0 struct {
		F0 int16         "as:\"f0\""
		F1 uint16        "as:\"f1\""
		F2 int16         "as:\"f2\""
		F3 []float64     "as:\"f3,omitempty\""
		F4 time.Duration "as:\"f4\""
	} "as:\"f0\""
	F1 uint32 "as:\"f1\""
}

type o35 struct {
	F0 map[string]address "as:\"f0\""
	F1 shade              "as:\"f1\""
	F2 int                "as:\"f2\""
	F3 *int               "as:\"f3\""
	F4 uint8              "as:\"f4\""
	F5 []struct {
		F0 int16 "as:\"f0\""
		F1 struct {
			F0 shade     "as:\"f0\""
			F1 float64   "as:\"f1\""
			F2 string    "as:\"f2,omitempty\""
			F3 *string   "as:\"f3\""
			F4 []float64 "as:\"f4\""
			F5 float64   "as:\"f5\""
		} "as:\"f1\""
		F2 []struct {
			F0 map[string]address "as:\"f0\""
			F1 time.Time          "as:\"f1\""
			F2 int16              "as:\"f2\""
			F3 [16]uint8          "as:\"f3\""
			F4 *string            "as:\"f4\""
			F5 address            "as:\"f5\""
			F6 float64            "as:\"f6\""
		} "as:\"f2\""
		F3 [16]uint8 "as:\"f3\""
		F4 uint16    "as:\"f4\""
		F5 time.Time "as:\"f5\""
	} "as:\"f5,omitempty\""
}

type o36 struct {
	F0 uint16 "as:\"f0\""
	F1 string "as:\"f1\""
}

type o37 struct {
	F0 []uint8  "as:\"f0\""
	F1 int      "as:\"f1\""
	F2 uint16   "as:\"f2\""
	F3 *address "as:\"f3\""
	F4 int16    "as:\"f4\""
	F5 nickname "as:\"f5\""
}

type o38 struct {
	F0 time.Duration "as:\"f0\""
	F1 uint8         "as:\"f1\""
	F2 time.Duration "as:\"f2\""
	F3 []float64     "as:\"f3\""
	F4 []struct {
		F0 uint32 "as:\"f0\""
		F1 int32  "as:\"f1\""
		F2 struct {
			F0 []string "as:\"f0,omitempty\""
			F1 []bool   "as:\"f1\""
		} "as:\"f2\""
	} "as:\"f4\""
	F5 map[int]string "as:\"f5\""
	F6 []address      "as:\"f6\""
	F7 int64          "as:\"f7\""
}

type o39 struct {
	F0 struct {
		F0 map[int]string "as:\"f0\""
		F1 [3]int         "as:\"f1\""
		F2 struct {
			F0 []uint8 "as:\"f0\""
			F1 float32 "as:\"f1\""
		} "as:\"f2\""
		F3 []address "as:\"f3\""
		F4 []uint8   "as:\"f4,omitempty\""
		F5 string    "as:\"f5\""
		F6 []struct {
			F0 map[int]string     "as:\"f0\""
			F1 map[string]address "as:\"f1\""
			F2 uint32             "as:\"f2\""
			F3 []address          "as:\"f3\""
			F4 []bool             "as:\"f4,omitempty\""
			F5 map[string]address "as:\"f5\""
			F6 time.Time          "as:\"f6\""
		} "as:\"f6\""
		F7 *address "as:\"f7\""
	} "as:\"f0\""
	F1 []int   "as:\"f1,omitempty\""
	F2 address "as:\"f2\""
	F3 struct {
		F0 float64  "as:\"f0\""
		F1 nickname "as:\"f1\""
		F2 *string  "as:\"f2\""
		F3 int8     "as:\"f3\""
		F4 struct {
			F0 [3]int         "as:\"f0\""
			F1 map[string]int "as:\"f1\""
			F2 shade          "as:\"f2\""
			F3 int32          "as:\"f3\""
			F4 string         "as:\"f4,omitempty\""
			F5 []string       "as:\"f5\""
			F6 bool           "as:\"f6\""
		} "as:\"f4\""
		F5 address  "as:\"f5\""
		F6 []string "as:\"f6\""
		F7 int16    "as:\"f7\""
	} "as:\"f3\""
}
