"""The rules of the house: functions from a source to what is wrong with it. test_house.py holds the tree to them."""
