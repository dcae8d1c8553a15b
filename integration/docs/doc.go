// Package docs holds the page about SQL to what the code does. Its tests run every statement of the
// page, and compare the tables of functions, of what the servers do and of what is refused. With
// -update they write the results to the page.
package docs
