# Tests: TEST_<name> := objects of one unit test, sorted.
