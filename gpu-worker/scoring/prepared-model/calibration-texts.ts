/** Question and passage pairs whose activations set the int8 smoothing scales. Ordinary prose of several kinds, with digits, names, code and lists. */
export const calibrationTexts: readonly { readonly query: string; readonly document: string }[] = [
  {
    query: 'Why do leaves change colour in autumn?',
    document:
      'As days shorten, trees stop making chlorophyll, the pigment that gives leaves their green. Yellow and orange carotenoids, which were present all summer, become visible once the green fades. Reds and purples are different: anthocyanins are made in autumn itself, from sugars trapped in the leaf when the veins to the branch close. Cool, bright days and nights above freezing bring the strongest colours; drought or an early frost dulls them.',
  },
  {
    query: 'How tall is the lighthouse and when was it built?',
    document:
      'The lighthouse stands on a basalt headland 43 metres above the sea. It was built between 1871 and 1874 under the engineer William Douglass, of granite blocks cut so that each locks into the next. The tower is 35.7 m tall, with 198 steps. Its first lamp burned colza oil; paraffin followed in 1886 and electricity in 1925. Since 1982 the light has run by itself, flashing white twice every 15 seconds.',
  },
  {
    query: 'what does the retry setting do',
    document:
      'max_retries (integer, default 3): how often a failed call is sent again. Only errors that may pass are retried: HTTP 429, 502, 503 and 504, and connection resets. The wait doubles each time, starting at 250 ms, with random jitter of up to half the wait; a Retry-After header wins over it. Set max_retries = 0 to switch retries off. See also: timeout_ms, backoff_max_ms.',
  },
  {
    query: 'Who won the election of 1828?',
    document:
      'The presidential election of 1828 was a rematch. Andrew Jackson of Tennessee, who had lost in the House of Representatives four years earlier although he led in both popular and electoral votes, defeated John Quincy Adams by 178 electoral votes to 83. Turnout more than doubled, to about 57 percent of eligible voters, as most states had dropped property qualifications for white men.',
  },
  {
    query: 'Does vitamin D supplementation reduce the risk of fractures in older adults?',
    document:
      'Background: Low serum 25-hydroxyvitamin D is associated with fracture, but trials disagree. Methods: In a randomised, placebo-controlled trial, 25,871 participants (men aged 50 years or more, women 55 or more) received cholecalciferol 2000 IU per day or placebo over a median of 5.3 years. Results: Incident fractures occurred in 769 of 12,927 participants in the vitamin D group and in 782 of 12,944 in the placebo group (hazard ratio 0.98; 95% CI 0.89 to 1.08; P = 0.70). Conclusions: supplementation did not lower the risk of fracture.',
  },
  {
    query: 'How can I return shoes that do not fit?',
    document:
      'Returns & exchanges. You have 30 days from delivery to send back unworn items in the original box. Start at "My orders", pick the pair, and choose "exchange size" or "refund". Print the label (free within the EU; $7.95 elsewhere) and hand the parcel to any pick-up point. Refunds reach your card 5-7 working days after we have received the shoes. Sale items marked FINAL cannot be returned.',
  },
  {
    query: 'What is the time complexity of binary search?',
    document:
      'def search(items, target):\n    low, high = 0, len(items) - 1\n    while low <= high:\n        middle = (low + high) // 2\n        if items[middle] == target:\n            return middle\n        if items[middle] < target:\n            low = middle + 1\n        else:\n            high = middle - 1\n    return -1\n\nEach step halves the interval, so at most floor(log2(n)) + 1 comparisons are made: O(log n). The list must be sorted.',
  },
  {
    query: 'Which river flows through the old town?',
    document:
      'The old town lies in a bend of the Vltava, on the right bank, across from the castle. Its square is ringed by Gothic, Renaissance and Baroque houses; the astronomical clock on the town hall dates from 1410. Merchants settled here in the tenth century where two trade routes met a ford. After the flood of 2002 the embankment was raised, and movable barriers can now close the gaps between the bridges within hours.',
  },
  {
    query: 'When does the tenancy end if the rent is not paid?',
    document:
      '14.2 If the Tenant fails to pay any instalment of the Rent within fourteen (14) days of the date on which it falls due (whether formally demanded or not), the Landlord may serve notice in writing; and unless the arrears are paid in full within a further seven (7) days, this Agreement shall determine on the expiry of that period, without prejudice to any right of action of either party in respect of any antecedent breach.',
  },
  {
    query: 'how long should sourdough proof in the fridge',
    document:
      'After shaping, dust the loaf with rice flour and lay it seam side up in a lined basket. Cover it and let it proof in the refrigerator at 4 °C for 12 to 16 hours; up to 36 hours is fine and makes the crumb more sour. Bake it straight from the cold: 20 minutes at 250 °C in a hot covered pot, then 25 minutes at 230 °C without the lid, until the crust is deep brown and the middle reaches 97 °C.',
  },
  {
    query: 'What did the queen do after the battle?',
    document:
      'When word came that the bridge had fallen, the queen did not weep. She called for her boots and her grey mare, rode down through the orchards in the rain, and stood among the wounded until morning, holding a lantern for the surgeons. "Write their names," she told the clerk. "All of them. Spell them right." In the songs they made of it later there was no rain, and she wore a crown.',
  },
  {
    query: 'Welche Stadt ist die Hauptstadt der Schweiz?',
    document:
      'Die Schweiz hat rechtlich keine Hauptstadt. Der Bundesstaat von 1848 bestimmte Bern zum Sitz der Bundesbehörden, weshalb die Stadt als Bundesstadt bezeichnet wird. Parlament und Regierung tagen dort; das Bundesgericht hingegen sitzt in Lausanne und Luzern, das Bundesverwaltungsgericht in St. Gallen. Größte Stadt des Landes ist Zürich mit rund 440 000 Einwohnern.',
  },
];
