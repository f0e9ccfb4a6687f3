/**
 * How many of 476 passages each word is in, for words in 3 or more: `count word word …` a line. Written by
 * `npm run background-words` (infra/calibration/); do not edit. Made from the
 * 12 articles of squad-passages' training split: Wikipedia paragraphs of the SQuAD 2.0 development set (Rajpurkar, Jia and Liang, 2018;
 * https://rajpurkar.github.io/SQuAD-explorer/), licence CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), which holds for this table.
 */
export const backgroundWords = `
196 s
189 from
131 its
119 also
117 other
105 one
88 first
87 some
82 between more
81 many
80 most
77 all
76 time
71 than
67 two
62 only
61 his however used world
59 during system war
56 british known
55 he new
54 over
53 after called through
51 power
50 century force french government
49 each well
48 both while
46 about
45 any
44 may warsaw
43 early political
42 general steam
41 example including since years
40 immune states
39 up use
38 much needed state
37 following forces
36 another parliament same under
35 american complexity due later set work
34 against number out second united
33 city developed problem scottish them theory
32 cells european often response
31 country i means modern so using
30 e engine large like military non north part several within
29 area different engines form given include problems three until
28 1 before east economic even made t those university way
27 although high led less major national space throughout
26 based became central colonial europe france important law support
25 because control harvard islamic network polish pressure usually
24 000 5 back citation foreign four order pathogens small thus
23 america empire imperialism members muslim own people poland western
22 act among beginning body computational late particular party present result us various water year
21 along colonies complete de directly energy expansion john long oil river south
20 19th around become classes countries fort ii itself population required research role type
19 3 algorithm cell change class described end great groups higher land motion parliamentary said systems
18 addition associated began believed britain common day decision development direction established every few further
18 home largest make member objects old parties public scotland speed still
17 1973 2 4 able adaptive al best case education either held islamist local lower main mass model particularly place
17 rather specific typically union west without
16 20th according africa building constant efficient field generally george independent influence innate level located
16 n natural now p policy production resources see self surface term though william
15 action areas came chamber considered cylinder down eastern elected forms free host immunity indian instance larger
15 limited minister molecules nations official ohio open others provided remained responsible rule science seen simple
15 taken very working
14 9 across attack capital computer concept cultural cycle designed full heat history included increased internal
14 international low name newton object outside pathogen period physical point president process provide right
14 significant social terms territory therefore today total turbine x
13 12 aid anti buildings charles connected continued direct efficiency electric followed group idea imperial kingdom
13 laws life majority mid middle million movement must powers reduced requires returned royal sent short solved
13 sometimes strong times vistula vote we whether
12 acts allows amount antigens b built center crisis data defined domestic egypt formally found function g germany
12 governor gravity growth increase independence input islam islamists issues leaders left levels making market
12 mechanisms memory moving normally np october parts position possible produced religious responses resulting results
12 take turing upon
11 10 15 1979 ability academic arab battle boiler business college combined complex culture examples highest infection
11 israel james key king leader leading meaning ministers move off officer packet particles per plants price proposed
11 quantum revolution saudi school separate similar size solve stage students took trade turbines types u via went
10 100 1980s 25 30 above acceleration acting active activity added address air allies allowed already antigen army
10 asia available campaign cause caused centre coal communist complement conservative d defense definition done edward
10 equal expedition external far financial former gained greater henry ideas increasing indians influential
10 institutions introduced killer lead line machine machines makes mathematical models named native near nearly
10 nuclear numbers opposition polynomial presence presiding prime proteins receptors reciprocating recognition rise
10 roman service seven site six smaller st standard study successful technology theoretical theories tribes troops uk
10 velocity
9 11 1974 6 60 access activation allow allowing antibodies antibody application applications arabia august average
9 call cannot cases civil closed commonly company conditions conflict connection consider construction contact
9 controlled course created decades december design destruction difficult dominance economy electromagnetic ended
9 equivalent establishment exchange exhaust fall formal fully functions fundamental half health historical human
9 includes individual interactions interest joseph just lake largely lost magnitude mechanical mechanics men movements
9 msps multiple muslims november operating orders permanent physics piston policies pre principle prior program
9 providing question region say scholars seats september side supplies supported takes themselves town uprising uses
9 viruses women won york
8 1990s 1999 2003 7 activated actually algorithms almost americans applied approximately architecture argued assembly
8 attacks balance basic basis brotherhood c changes come commercial committee committees communication companies
8 component compound condensing contemporary continues cut days democratic despite difference disease dominated earth
8 effect effects election english entire environment events except expanded experience fields flow formed foundation
8 front hundred improved india influenced instead june km language least legal legislative lines little london longer
8 march marine might months moved nature net networks northern notion nova occupied occurs oldest operations ordered
8 original path person places popular post powerful practical practice primarily principal principles private protect
8 pump rankine received reference referred regime related represented rest robert roles run scale scotia serve ships
8 shown sitting situation source soviet speaking square stations structure supply switching temperature territories
8 together typical understanding unit units
7 1757 17th 18 1975 20 2007 2011 300 500 8 acquired advanced afghanistan again age ali always animals announced arms
7 arrived association away bacteria bill bind build cambridge carried causes centuries changing chief cities
7 colonialism combustion command compared components comprises condenser congress contained contains contributed crown
7 decided defeated derived describe determined deterministic develop drive duquesne earlier edinburgh embargo empires
7 especially evolved expressed extended facilities failed february five fixed focus forward friction future gas gave
7 german gradually here house houses inertia information initially instances invasion involved islamism july justice
7 killing la lack latin lawrence library locomotives loss m mainly measure mechanism meeting met mhc moral nation need
7 networking normal once operate operates opposite organism organisms otherwise packets peptides percent periods
7 planned populations possess previous prices published railway real recognize reduce reduction refers remain resulted
7 running services settlers shirley sides similarly society sold sources spread started student successfully syria
7 third thousands top toward towards transport treaty universities vector victory view viewed virtual w watt ways
7 weight wide yet
6 1755 1756 1763 18th 1950s 1967 1981 1995 1998 2000 2004 2012 21 90 admission advance affected aftermath agreed
6 answer april arpanet art aspects attacked authority avoid bank barriers becoming behind below bodies border campus
6 canada captured causing certain changed characteristics characterized children church churches close co colony
6 computation connections contrast corporation cost council create creating currently debate defeat defenses demands
6 democracy department departments description devolved directed discovered distinct distinguish district divided
6 division driving efforts egyptian elections electricity elements england entry equilibrium eventually fact failure
6 faster figure final fluid focused forced founded fuel generated gives ground having head helper hierarchy historic
6 hold ideological ideology iii immunological impact income increases infections informal infrastructure intended
6 interesting investment israeli january jihad last latter league length liberal light link lived location locations
6 louis louisbourg macrophages maintain matter medical meetings miles momentum montcalm msp multi never next numerous
6 observations observed opening operation output pakistan palace particle pass passed past phagocytes phase pierre
6 plan politics port powered produce producing protocol purpose put quebec queen range reaction reflect relations
6 relatively relativity replaced report reported republic residents richard rivers saint sea secular sense session
6 settlement settlements sharia signals single solution soon southern specifically standards standing starting stated
6 statement stating strength string struggle studies style success suffered suggested sunni ten thesis thought too
6 trading undergraduate unless user valve version village violence viral virus wars washington widely wilson worked y
6 yes young
5 0 16 1754 1758 1972 1977 2008 40 50 75 80 acadia activities additional additionally administration agreement algeria
5 ally alternative analysis armed arts atmospheric atoms bay better billion block blood boiling borders bosons bound
5 braddock cabinet cars catholic circuit claims coast cold combination commander community competition complicated
5 connect consists constructed continue court covers creek curriculum cylinders cytotoxic céloron death decide
5 deciding declared delivered demand dependent destination destroyed determine developing device devices effective
5 enough enzymes era erected estimated etc ever evidence explanation express extension faced factor falling feature
5 features female fewer find forts fought frame galileo game garden generation geographical give global go granted
5 graph gravitation gravitational gulf hall hard her him historians identify imperialist implemented industrial
5 industry infected inflammatory initial inside inspired integer interested interface internet introduce iranian iraq
5 iroquois isaac johnson justification kill killed lands le leave legislation likely living lord maintained matters
5 method mi microbes montreal mostly motors nationalist negotiated neither newcomen nodes nor notable notably o
5 occurred offered officers opec opened originally ottoman our paper paris park participation pattern peace
5 pennsylvania physically plans played potential presented prevent primary protein protocols proved provides prussia
5 pumping questions rapid rate re reached recent receptor recognized referendum regular released relevant replacement
5 represent represents respond return rich rights rotary roughly route routing russian saw schools seat secretary
5 serious served sets ship significantly simply skin spanish species split sports stationary stay step stopped
5 strictly subject subsequent substantial systemic taking target team theater theatre theorems thomas ticonderoga told
5 traders tradition traveling true ultimately undergraduates unified unique universe upper ussr vacuum valley value
5 valves variable vaudreuil vehicle vertebrates virtually volume votes westminster whenever whilst widespread withdraw
5 word works
4 13 14th 1760 19 1909 1939 1945 1960s 1970 1970s 1971 1978 1985 1991 200 2002 2006 2009 2014 28 32 35 400 45
4 abercrombie absorbed academy acted activate addresses advantage affairs affect agree albany allied allston ambitions
4 amongst analyzing ancient appear arabs aristotelian aristotle arranged arrangement athletic attempt autoimmune
4 automatically awarded aware bacterial balanced barrel becomes belief benefits beyond big bills bin binary blockade
4 boilers books boston branch brought calling campaigns capitalism capture capturing cellular centered centers chose
4 chrysler claim claimed classic cobham collapse collection coming commonwealth competence completed completely
4 compression computers concepts concrete conducted confederation confirmed conquered conquering consequence consisted
4 consistent constituency consumption containing core corresponding counter coup criticized crucial cuba current
4 cutoff cytokine cytokines dates david debating decreased defence define definitions degrees delivery depending
4 designated detailed detection determining devolution devoted died differences difficulty dimensional dinwiddie
4 diplomatic diseases distinguished distributed diverse divisions dodge dollars dominant domination double driven edge
4 edmonds educational efficiently eight einstein element eliminate eliot elites elizabeth encourage ending enhanced
4 ensuring entirely environments equally establish event exacerbated exactly exist existing expelled experiment
4 experiments explain exploited extent extra extremist f federal fell felt fighting finally focuses food forest
4 formerly formulated framework frontier funding gauge generate generators giving going gold good governed governments
4 grand growing ha hand headquarters heating help heritage highly holding holyrood hormone horsepower hosts housing
4 humans identified immediate immunology impossible improvements indeed indigenous inefficient infectious inflammation
4 inputs institute institution integers interaction intermediate ip iran islands japan japanese keep knowledge kraków
4 l lakes launched layer learning legislature lenin libraries limits list live log lothian loudoun louisiana
4 lymphocytes ma machinery manufacturing masovian material materials maududi meant measurement mediated medicine meet
4 message microorganisms militia mines mingo minority mission mississippi moderate modified money motions muhammad
4 museum museums music nationalism necessary negative negotiations nevertheless newcastle newly niagara nineteenth
4 nonetheless noted nsf observation obtain occur offensive offers officials operated opponents opposed organization
4 orientalism oriented origin orleans pacific palestine palestinian parallel participate passenger patented paths
4 pauli peoples perceived perhaps persian perspective pitt plant poor popularity precise predict presidents prestige
4 probably procedures products profit projects promoted properly properties property proportional protection province
4 provincial pushing quantitative quite qutb radcliffe rare reach realized red reform refused regimes regional regions
4 relative remote repeatedly require requirements reserved resistance respective respectively retained revival
4 revolutionary room rotation rules ruling russia sciences scientific section security send series shared she shortly
4 siege sigismund signal sit slightly socialist societies solves solving something speaker special specificity spring
4 stages start static straight street stronger succeeded suite summer superior supplying supporters switched taliban
4 teams tendency tension thermodynamic thousand tissues trained transfer transmission treatment troupes tumor turn
4 turned understood unitarian universal unknown useful violent virginia voting wahhabi wave weak winter worldwide
4 worst worth writer writers yale yard état
3 121 129 1596 160 17 1712 1749 1759 1804 1815 1816 1869 1883 1905 1914 1918 1920 1943 1944 1960 1962 1965 1966 1969
3 1980 1989 1990 2005 2010 2013 2015 22 29 55 800 85 abroad abstract acadians accept accessible accommodate accordance
3 account accused achieved acre actions actual adjacent administrative admissions adopted advocate affiliated afghan
3 agencies agents agreements agriculture allegedly allegiance allocated alternatively am amendments analyze anglo
3 annexed antimicrobial antiquity applies applying appointed approach appropriate arabic architect arising arthur
3 asian asked asking assist assume attempted attempting attend attention australia authorities banks banned baran
3 baroque barrier begins bell bigger binding biological black bloc bloody boolean born bottom bounded bringing broke
3 calculate calculated caliphate canadian canadians candidates capable car care caribbean carillon carry castle
3 celestial census centrifugal chain channel charges charter chemical chevrolet china choice chopin christopher
3 classical clerk coat collections colonel column commons communications competing comprise concentrated conceptual
3 concert concluded condensers connecting conquest conservation conserved consideration considering consisting
3 constantly constitution continent continuously conventional converted correct correctly corresponds costly cover
3 crew crimson cycles damaged date datsun deal deaths debated debates decade decisions decline dedicated deep defended
3 defensins degree demonstrated dendritic depend depends deportation derive describes describing designs desirable
3 desire destroy determinism developments diagram differentiated disaster discrete discussion disputes distance
3 distances distinction districts diversity divides dividing dozens drove drug duchy duke easily economies effectively
3 effort electronic electrons electroweak eleven employed encountered encouraging endowment energies entering equation
3 equipment equivalence error erupted escarpment essential essentially eukaryotes evade everything evolution exception
3 exhibition existed existence exists expanding expected experimental explained explicitly export exposed extend
3 extending extends extensively face factories factorization factors faculty fair fairly falls family famously father
3 fermions fighters film finance finding finite fire firebox florida football formation fortified founding fourth
3 frames fred freedom frontenac frontiers frédéric ft fundamentalist funded funds furs gain gardens gates generating
3 get ghetto glen govern graduate grant graphs greatest greek green grew hamas heath heavy height hill
3 histocompatibility hobson holy horizontal hormones hostile hostilities housed hp humoral ideal identifies illustrate
3 immediately immunosuppressive imperium impoverished improve improvement incorporated increasingly independently
3 indistinguishable industries infect inflation informed inhabitants injured insight integrity intervention
3 intractability inventor invited involve iqbal islami islamization island issued j jamaat jewish joined joint
3 jumonville kept kilometres kind kinds know knowing korea kuwait label laboratory lacking laden laid lasting layers
3 leads leftist legislate let leukocytes levin lift limit linked liquid listed lithuanian load looking losing lowest
3 luxury magnetic magnitudes male managed management manpower manufactured maps maria marquis married marshall marxist
3 massachusetts mast mathematician maximum mayor me measurements membrane mentioned mercury mermaid messages
3 metropolitan michael migration minute minutes mode modeled molecule monarch monarchy monongahela moreover motor
3 mount mountains mps mujahideen multiplication musical n2 napoleon nationwide necessarily needs neighboring news
3 newtonian nixon nk nobel node nominal note noticed nuclei obtained occupation occurring ocean offices older ones
3 ongoing ontario onto opera operators opportunity opposing orient osama oswego outcome outlined outnumbered outright
3 overseas overthrow partial partly partnership patent paul pay performance personal phagocyte phenomenon philosophers
3 philosophical phrase physicists pittsburgh pivotal plain plasma play pointing points poles police politically
3 portions ports possessions possibility pound practices preaching predicted preserved press principally prison prize
3 prizes pro probabilistic proceedings processes proclaimed producers produces professional programme progress
3 progressive project promote prompted proofs proposer propulsion provinces pull pumped purchased purposes qaeda
3 quality quantities radical raise ralph random ranked reality reasons rebuild rebuilt records recover recruit reduces
3 regain regatta regulatory reinforcements relating releases religion remaining remains removal removed renaissance
3 renamed renewed repeated replication representing repulsion requiring reserve resident residential resolving respect
3 respiratory reversed rivalry rna road rooms rudimentary ruled safe safety salafi sales savery saxon scalar scouts
3 scramble scrutinise secrete serves serving setting setup severe shall share shia shift shore show showed signing
3 simplicity sir sits situations sleep snp solar soldiers solid solutions solvable somewhat spaces speak sport
3 spreading stadium statements steps strategy strict strings stroke structural structures studied studying submitted
3 sudan sufficient sum supplied surfaces surrounding sweden table tanaghrisson tape task tasks tax tcr techniques
3 technological telecom telecommunications telenet television temperatures temporary terminal territorial terrorist
3 theatres thereafter threats thursday torque tower toxins toyota traces tract transferred transformed transmit
3 transmitted travel traveled trevithick tribal tries triggered triggers triple tropical tumors turkish tymnet unable
3 unbalanced uniform unlike update usage usual vaccination values variety vectors vehicles versus vertices views
3 visible vitamin volumes wahhabism walk want warszawa warszowa waste week westward wheel whereas white wilanów
3 withdrawal wola woods words workers writings written wrote yields you zero łazienki
`;

/** Passages that were counted. */
export const backgroundDocuments = 476;
