"""A network to look at: real places, plausible requests. Nothing else depends on it.

Anhui's 59 counties outside city districts ask for thirteen sets over two years; museums of
several provinces hold workshops; one set goes to Kathmandu. Places are facts from the shipped
county file and ``data/museums.csv``; facilities, requests and events are made up with a fixed
seed, so that the same day gives the same demo.
"""
