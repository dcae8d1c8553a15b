package main

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
)

// specs counts the specs of a suite by outcome.
type specs struct{ passed, failed, skipped int }

func (s specs) plus(o specs) specs {
	return specs{s.passed + o.passed, s.failed + o.failed, s.skipped + o.skipped}
}

func (s specs) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}

// failed prints a failed test and counts it: as skipped if it fails on a real server too.
func failed(name string, known map[string]string) specs {
	if reason, ok := known[name]; ok {
		fmt.Printf("[FAIL] %s, as on a real server: %s\n", name, reason)
		return specs{skipped: 1}
	}
	fmt.Println("[FAIL]", name)
	return specs{failed: 1}
}

// readLines counts the outcomes in the output of a test program that prints a line for each test.
// end is what it prints after the last one.
func (h *harness) readLines(out, end string, line *regexp.Regexp, known map[string]string, runErr error) (count specs, err error) {
	if !strings.Contains(out, end) {
		return count, fmt.Errorf("the suite did not complete: %v\n%s", runErr, tail(out, 2000))
	}
	for _, m := range line.FindAllStringSubmatch(out, -1) {
		name := m[line.SubexpIndex("name")]
		switch strings.ToLower(m[line.SubexpIndex("outcome")]) {
		case "pass", "ok":
			count.passed++
		case "skip", "ignored":
			count.skipped++
		default:
			count = count.plus(failed(name, known))
		}
	}
	return count, nil
}

// A junitCase is a test in a report of JUnit's form.
type junitCase struct {
	Class   string    `xml:"classname,attr"`
	Name    string    `xml:"name,attr"`
	Failure *struct{} `xml:"failure"`
	Error   *struct{} `xml:"error"`
	Skipped *struct{} `xml:"skipped"`
}

// readReport counts the outcomes in a report of JUnit's form. A test that passes and whose cleanup
// fails has failed.
func readReport(data []byte, known map[string]string) (count specs, err error) {
	var report struct {
		Suites []struct {
			Cases []junitCase `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(data, &report); err != nil {
		return count, err
	}
	for _, s := range report.Suites {
		for _, c := range s.Cases {
			switch {
			case c.Failure != nil || c.Error != nil:
				count = count.plus(failed(c.Class+"."+c.Name, known))
			case c.Skipped != nil:
				count.skipped++
			default:
				count.passed++
			}
		}
	}
	return count, nil
}
